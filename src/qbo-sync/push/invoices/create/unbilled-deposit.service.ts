import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { subjectOf } from '../../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { isStopped } from '../../../operations/operation-state.js';

/** Knows of deposits that were paid and whose own invoice can still come: a final invoice takes that off. */
@Injectable()
export class UnbilledDepositService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  async isOf(proposal: Lead): Promise<boolean> {
    return proposal.depositPaidCents > 0 && (await this.isToCome(proposal));
  }

  /** Not once a person has closed the question about one that was refused. */
  private async isToCome({ orgId, id }: Lead): Promise<boolean> {
    const { manager } = this.dataSource;
    const deposit = await this.invoices.findNewest(manager, orgId, id, 'deposit');
    if (!deposit) return true;
    if (deposit.qboInvoiceId !== null) return false;
    const newest = await this.operations.findNewest('invoice.create', orgId, deposit.id);
    if (!newest || !isStopped(newest)) return true;
    return this.inbox.hasOpen(manager, orgId, subjectOf(newest));
  }
}
