import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import { isLive } from '../../invoices/invoice-state.js';
import type { Invoice } from '../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { moneyText } from '../../messages/format.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { Amount } from '../../platform/money/money.js';
import { Clock } from '../../platform/time/clock.js';
import { ActivityRepository } from '../activity/activity.repository.js';
import type { Seller } from './approval.service.js';
import type { Lead } from '../rows/lead.entity.js';
import { canBecome } from '../proposal-lifecycle.js';
import { ProposalsRepository } from '../rows/proposals.repository.js';

/** Cancels proposals. Never talks to Stripe or QuickBooks; they read what it leaves behind. */
@Injectable()
export class CancellationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly contracts: ContractsService,
    private readonly currencies: CurrenciesService,
    private readonly activities: ActivityRepository,
    private readonly audit: AuditService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Cancels a draft, or an approved proposal of whose payments nothing is with us, whose invoices, if it had any, are
   * void or deleted, and of whose credits none is on no invoice. Twice is the same as once. The approval stays on
   * record.
   */
  async cancel({ orgId, userId }: Seller, id: number): Promise<Lead> {
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, id);
      if (!canBecome(proposal.status, 'cancelled')) return proposal;
      assertNotInvoiced(id, await this.invoices.listMade(tx, orgId, [id]));
      const paid = await this.proposals.moneyWithUs(tx, orgId, id);
      if (paid.length > 0) throw isPaid(id, paid);
      await this.activities.log(tx, {
        orgId,
        customerId: proposal.customerId,
        proposalId: id,
        event: 'cancel',
        meta: { from: proposal.status, cancelled_by: `user:${userId}` },
        occurrence: 'cancelled',
      });
      await this.audit.record(tx, orgId, {
        action: 'proposal.updated',
        subject: `proposal:${id}`,
        proposalId: id,
        before: { status: proposal.status },
        after: { status: 'cancelled' },
      });
      await this.contracts.cancel(tx, orgId, id, await this.currencies.companyOf(tx, orgId));
      const cancelled = await this.proposals.update(tx, proposal, { status: 'cancelled' }, this.clock.now());
      await this.jobs.enqueue(tx, 'checkout.session.review', { orgId, proposalId: id });
      return cancelled;
    });
  }
}

function assertNotInvoiced(id: number, invoices: readonly Invoice[]): void {
  const live = invoices.findLast(isLive);
  if (!live) return;
  throw new DomainError(
    'conflict',
    'proposal_invoiced',
    `Proposal ${id} has invoice ${live.number ?? live.qboInvoiceId} in QuickBooks. Void it first, by ` +
      `POST /qbo/invoice/${id}/void or there.`,
  );
}

function isPaid(id: number, paid: readonly Amount[]): DomainError {
  const left = paid.map(({ cents, currency }) => moneyText(cents, currency)).join(' and ');
  return new DomainError(
    'conflict',
    'proposal_paid',
    `Of what was paid for proposal ${id}, ${left} is still with us. Refund it by POST /payments/{id}/refund (GET ` +
      `/payments?proposal_id=${id} lists them), and void its invoice where there is one, then cancel.`,
  );
}
