import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DepositExcessService } from '../../../../change-orders/deposit-excess.service.js';
import { CreditMemosRepository } from '../../../../contracts/credits/credit-memos.repository.js';
import { JobsService } from '../../../../jobs/jobs.service.js';
import { MetricsService } from '../../../../platform/metrics/metrics.service.js';
import { ActivityRepository } from '../../../../proposals/activity/activity.repository.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { OrgSettingsService } from '../../../../orgs/settings/org-settings.service.js';
import { addDays, type CalendarDay } from '../../../../platform/time/calendar-day.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { SyncCursorsRepository } from '../../../pull/change-feed/sync-cursors.repository.js';
import {
  type AppliedSnapshots,
  InvoiceProjectorService,
} from '../../../pull/invoices/invoice-projector.service.js';
import {
  CreatedInvoiceQuestionsService,
  type WantedOfProposal,
} from './created-invoice-questions.service.js';
import { LeftPaymentsService } from './left-payments.service.js';

/** So long after it was sent an invoice may have been made, where QuickBooks was away. */
const SENT_LATE_DAYS_MAX = 3;

/** Writes down an invoice that QuickBooks has made for us: link, status and activity, all at once or not at all. */
@Injectable()
export class InvoiceCreatedHandlerService {
  private readonly logger = new Logger(InvoiceCreatedHandlerService.name);

  constructor(
    private readonly projector: InvoiceProjectorService,
    private readonly cursors: SyncCursorsRepository,
    private readonly activity: ActivityRepository,
    private readonly proposals: ProposalsRepository,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly credits: CreditMemosRepository,
    private readonly depositExcess: DepositExcessService,
    private readonly settings: OrgSettingsService,
    private readonly questions: CreatedInvoiceQuestionsService,
    private readonly leftPayments: LeftPaymentsService,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
  ) {}

  /** Part of the caller's transaction; the caller calls `count` once that is committed. */
  async settle(
    tx: EntityManager,
    company: QboCompany,
    wanted: WantedOfProposal,
    made: QboInvoice,
  ): Promise<AppliedSnapshots> {
    const { orgId } = company;
    const { proposal, invoice } = wanted;
    const locked = await this.proposals.getLeadForUpdate(tx, orgId, proposal.id);
    const about = { orgId, customerId: proposal.customerId, proposalId: proposal.id, occurrence: made.id };
    const meta = {
      qbo_invoice_id: made.id,
      qbo_invoice_number: made.docNumber,
      amount_cents: made.totalCents,
    };
    const madeOn = await this.dayOf(tx, wanted, made);
    const link = { qboInvoiceId: made.id, sentCents: wanted.wantedCents, madeOn };
    if (!(await this.projector.link(tx, company, invoice.id, link))) {
      this.logger.error(
        { orgId, proposalId: proposal.id, qboInvoiceId: made.id },
        'The invoice is tied to another one',
      );
    }
    await this.activity.log(tx, { ...about, event: 'invoice_created', meta });
    await this.questions.ask(tx, company, { ...wanted, proposal: locked }, made);
    await this.applyRecorded(tx, company, invoice, made);
    await this.depositExcess.review(tx, orgId, proposal.id);
    for (const { id: creditMemoId } of await this.credits.listOpen(tx, orgId, proposal.id))
      await this.jobs.enqueue(tx, 'qbo.credit.carry', { orgId, creditMemoId });
    await this.operations.unblock(tx, orgId, proposal.id);
    await this.leftPayments.ask(tx, company, proposal.id);
    await this.operationJobs.enqueueBlocked(tx, orgId, proposal.id);
    const snapshot = { invoiceId: made.id, deleted: false, invoice: made } as const;
    const applied = await this.projector.applyIn(tx, company, [snapshot]);
    // Last, as a poll does: invoices are locked before the cursor.
    await this.cursors.lookBackTo(tx, company, made.lastUpdatedAt);
    return applied;
  }

  /**
   * The date that it was sent with; of one that is found with another, as after a restore, the day on which it was made
   * tells that. Put back to it by a bookkeeper, its date is no question. One that is dated shortly before it was made
   * was sent so: QuickBooks was away meanwhile.
   */
  private async dayOf(
    tx: EntityManager,
    { proposal: { orgId }, sentOn }: WantedOfProposal,
    { txnDate, createdAt }: QboInvoice,
  ): Promise<CalendarDay | null> {
    if (sentOn === null || sentOn === txnDate || createdAt === null) return null;
    const madeOn = (await this.settings.daysThen(orgId, tx))(createdAt);
    const isAsSent = txnDate !== null && txnDate <= madeOn && madeOn <= addDays(txnDate, SENT_LATE_DAYS_MAX);
    return isAsSent ? null : madeOn;
  }

  /** Money that was recorded on an invoice before this one is put on this one, as far as it is free. */
  private async applyRecorded(
    tx: EntityManager,
    company: QboCompany,
    { proposalId, kind, sequence, generation }: Invoice,
    made: QboInvoice,
  ): Promise<void> {
    for (const { paymentId, qboPaymentId } of await this.operations.listRecordedPayments(tx, company, {
      proposalId,
      kind,
      sequence,
    })) {
      await this.operations.insertOnce(tx, {
        orgId: company.orgId,
        realmId: company.realmId,
        kind: 'payment.apply',
        entityId: paymentId,
        proposalId,
        generation,
        requestId: `apply-${randomUUID()}`,
        payload: { paymentId: qboPaymentId, invoiceId: made.id },
        state: 'waiting',
      });
    }
  }

  /** Counts what was committed. */
  count({ orgId }: QboCompany, settled: AppliedSnapshots | undefined): void {
    this.metrics.count('crm_invoices_generated_total', { org_id: orgId });
    if (settled) this.projector.count(settled);
  }
}
