import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import type { InvoiceKind } from '../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { subjectOf } from '../../operations/operation.entity.js';
import { OperationsRepository } from '../../operations/operations.repository.js';

/** Keeps the final invoice from billing what was paid as deposit, while the deposit's own invoice can still come. */
@Injectable()
export class UnbilledDepositService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Throws a conflict where the deposit was paid and its invoice is not made yet: nothing would be left for it. */
  async assertNone(proposal: Lead, kind: InvoiceKind): Promise<void> {
    if (kind !== 'final' || proposal.depositPaidCents <= 0 || !(await this.isToCome(proposal))) return;
    const { id } = proposal;
    throw new DomainError(
      'conflict',
      'deposit_not_invoiced',
      `The deposit of proposal ${id} is paid, and its invoice is not made yet. Make that one first by ` +
        `POST /qbo/invoice/${id}: the final invoice takes it off.`,
    );
  }

  /** Not once a person has closed the question about one that was refused. */
  private async isToCome({ orgId, id }: Lead): Promise<boolean> {
    const { manager } = this.dataSource;
    const deposit = await this.invoices.findNewest(manager, orgId, id, 'deposit');
    if (!deposit) return true;
    if (deposit.qboInvoiceId !== null) return false;
    const newest = await this.operations.findNewest('invoice.create', orgId, deposit.id);
    if (newest?.state !== 'refused' && newest?.state !== 'needs_person') return true;
    return this.inbox.hasOpen(manager, orgId, subjectOf(newest));
  }
}
