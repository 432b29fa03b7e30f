import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { CreditMemosRepository } from './credit-memos.repository.js';
import { creditableInvoices, waitingShares } from './credit-shares.js';

/** Knows what of a contract's credits none of its invoices takes: what the customer has too much with us. */
@Injectable()
export class UnusedCreditsService {
  constructor(
    private readonly credits: CreditMemosRepository,
    private readonly invoices: InvoicesRepository,
  ) {}

  /** In cents of the contract's currency, of credit memos that QuickBooks has and of those that are on their way. */
  async centsOf(tx: EntityManager, orgId: number, proposalId: number): Promise<number> {
    const waiting = await this.credits.waiting(tx, orgId, proposalId);
    if (waiting.cents === 0 && waiting.elsewhere.length === 0) return 0;
    const made = await this.invoices.listMade(tx, orgId, [proposalId]);
    const { leftCents, leftElsewhereCents } = waitingShares(creditableInvoices(made), waiting);
    return leftCents + leftElsewhereCents;
  }
}
