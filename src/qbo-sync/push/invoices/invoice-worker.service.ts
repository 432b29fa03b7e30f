import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { decimalTextFromCents } from '../../../platform/money/cents.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { InvoiceCreationService } from './invoice-creation.service.js';

/**
 * Makes the invoices nobody has to ask for: of a deposit that was paid, and of operations left unfinished. What cannot
 * be made now is written down first, so that it waits for a connection instead of being forgotten.
 */
@Injectable()
export class InvoiceWorkerService implements OnApplicationBootstrap {
  private readonly logger = new Logger(InvoiceWorkerService.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly operationJobs: OperationJobsService,
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly settings: OrgSettingsService,
    private readonly connections: ConnectionService,
    private readonly creation: InvoiceCreationService,
    private readonly inbox: InboxRepository,
    private readonly operations: OperationsRepository,
    private readonly metrics: MetricsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.invoice.create', async ({ orgId, proposalId }) => {
      if (await this.operationJobs.isDue({ orgId, kind: 'invoice.create', proposalId }))
        await this.carryOn(orgId, proposalId);
    });
  }

  private async carryOn(orgId: number, proposalId: number): Promise<void> {
    const tx = this.dataSource.manager;
    const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
    const invoice = await this.invoices.findNewest(tx, orgId, proposalId, 'deposit');
    if (!proposal || invoice?.qboInvoiceId) return;
    const company = await this.connections.company(orgId);
    if (proposal.status !== 'approved') {
      await this.reportUnapproved(proposal);
      if (company) await this.unlessFailed(proposal, () => this.creation.callOff(company, proposal));
      return;
    }
    if (await this.isBeforeStart(proposal)) return this.creation.park(proposal, 'held_back');
    if (!company) {
      this.metrics.count('crm_qbo_customer_sync_total', { org_id: orgId, result: 'skipped' });
      return this.creation.park(proposal, 'waiting');
    }
    await this.unlessFailed(proposal, () => this.creation.create(orgId, proposalId));
  }

  /** What QuickBooks or the trade has against it stands in the operation's row, which is tried again by its own rule. */
  private async unlessFailed({ id, orgId }: Lead, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof QboError) && !(error instanceof DomainError)) throw error;
      this.logger.warn({ err: error, orgId, proposalId: id }, 'The invoice is not made yet');
    }
  }

  /** Somebody paid for a proposal that was cancelled meanwhile: money without an invoice is for a person. */
  private async reportUnapproved({
    id,
    orgId,
    name,
    customerId,
    currency,
    depositPaidCents,
  }: Lead): Promise<void> {
    if (depositPaidCents === 0) return;
    const tx = this.dataSource.manager;
    const who = await this.operations.customerLabel(tx, { orgId, proposalId: id });
    await this.inbox.open(tx, {
      orgId,
      subject: `proposal.unapproved:${id}`,
      code: 'paid_not_approved',
      reason: `${decimalTextFromCents(depositPaidCents)} ${currency} was paid for proposal ${id}, ${name}${who}, which is not approved.`,
      proposalId: id,
      customerId,
    });
  }

  private async isBeforeStart({ orgId, approvedAt }: Lead): Promise<boolean> {
    const { invoicesFrom, timeZone } = await this.settings.get(orgId);
    return invoicesFrom !== null && approvedAt !== null && dayInZone(approvedAt, timeZone) < invoicesFrom;
  }
}
