import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import type { Dispute } from './dispute.entity.js';
import { DisputesRepository } from './disputes.repository.js';
import type { Payment } from './payment.entity.js';
import { balanceOf, type PaymentBalance } from './payment-balance.js';
import type { Refund } from './refund.entity.js';
import { RefundsRepository } from './refunds.repository.js';

/** A payment with all that became of it. */
export interface LedgerEntry {
  payment: Payment;
  /** Oldest first. */
  refunds: Refund[];
  /** Oldest first. */
  disputes: Dispute[];
  balance: PaymentBalance;
  /** The invoice of ours that it is for; null where none is wanted yet. */
  invoiceId: number | null;
}

/** Reads payments together with their refunds and disputes, and what they come to. */
@Injectable()
export class LedgerRepository {
  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly refunds: RefundsRepository,
    private readonly disputes: DisputesRepository,
  ) {}

  async entryOf(tx: EntityManager, payment: Payment): Promise<LedgerEntry> {
    const refunds = await this.refunds.listOfPayment(tx, payment.orgId, payment.id);
    const disputes = await this.disputes.listOfPayment(tx, payment.orgId, payment.id);
    const { orgId, proposalId, invoiceKind, invoiceSequence } = payment;
    const invoice = await this.invoices.findNewest(tx, orgId, proposalId, invoiceKind, invoiceSequence);
    return {
      payment,
      refunds,
      disputes,
      balance: balanceOf({ amountCents: payment.amountCents, refunds, disputes }),
      invoiceId: invoice?.id ?? null,
    };
  }

  async entriesOf(tx: EntityManager, payments: readonly Payment[]): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (const payment of payments) entries.push(await this.entryOf(tx, payment));
    return entries;
  }
}
