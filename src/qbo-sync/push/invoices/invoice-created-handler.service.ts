import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DepositExcessService } from '../../../change-orders/deposit-excess.service.js';
import { CreditMemosRepository } from '../../../contracts/credit-memos.repository.js';
import { CompanyBooksRepository } from '../../../currencies/company-books.repository.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import { homeTotalDiffers, invoiceUnwanted, totalDiffers } from '../../../messages/inbox-reasons.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { SyncCursorsRepository } from '../../pull/change-feed/sync-cursors.repository.js';
import { subjectOfTotal, subjectOfUnwanted } from '../../pull/invoices/external-edits.js';
import { otherHomeTotalCents } from '../../pull/invoices/home-total.js';
import {
  type Reconciliation,
  InvoiceProjectorService,
} from '../../pull/invoices/invoice-projector.service.js';
import { HeldElsewhereService } from './held-elsewhere.service.js';

/** What was wanted: the invoice of a proposal, over so much. */
export interface WantedOfProposal {
  proposal: Lead;
  invoice: Invoice;
  wantedCents: number;
  /** What it was sent with; null in the home currency, and for an invoice that a person made. */
  exchangeRate: ExchangeRate | null;
}

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
    private readonly inbox: InboxRepository,
    private readonly credits: CreditMemosRepository,
    private readonly depositExcess: DepositExcessService,
    private readonly heldElsewhere: HeldElsewhereService,
    private readonly books: CompanyBooksRepository,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
  ) {}

  /** Part of the caller's transaction; the caller calls `count` once that is committed. */
  async settle(
    tx: EntityManager,
    company: QboCompany,
    wanted: WantedOfProposal,
    made: QboInvoice,
  ): Promise<Reconciliation> {
    const { orgId } = company;
    const { proposal, invoice } = wanted;
    await this.proposals.getLeadForUpdate(tx, orgId, proposal.id);
    const about = { orgId, customerId: proposal.customerId, proposalId: proposal.id, occurrence: made.id };
    const meta = {
      qbo_invoice_id: made.id,
      qbo_invoice_number: made.docNumber,
      amount_cents: made.totalCents,
    };
    const link = { qboInvoiceId: made.id, sentCents: wanted.wantedCents };
    if (!(await this.projector.link(tx, company, invoice.id, link))) {
      this.logger.error(
        { orgId, proposalId: proposal.id, qboInvoiceId: made.id },
        'The invoice is tied to another one',
      );
    }
    await this.activity.log(tx, { ...about, event: 'invoice_created', meta });
    await this.compareTotals(tx, wanted, made);
    await this.reportUnwanted(tx, proposal, invoice.id, made);
    await this.applyRecorded(tx, company, invoice, made);
    await this.depositExcess.review(tx, orgId, proposal.id);
    await this.heldElsewhere.report(tx, company, invoice, made);
    for (const { id: creditMemoId } of await this.credits.listOpen(tx, orgId, proposal.id))
      await this.jobs.enqueue(tx, 'qbo.credit.carry', { orgId, creditMemoId });
    await this.operations.unblock(tx, orgId, proposal.id);
    await this.operationJobs.enqueueBlocked(tx, orgId, proposal.id);
    const snapshot = { invoiceId: made.id, deleted: false, invoice: made } as const;
    const applied = await this.projector.applyIn(tx, company, [snapshot]);
    // Last, as a poll does: invoices are locked before the watermark.
    if (made.lastUpdatedAt) await this.cursors.lookBackTo(tx, company, made.lastUpdatedAt);
    return applied;
  }

  /** What QuickBooks made the invoice come to, in its currency and in the home currency, is as it was sent. */
  private async compareTotals(
    tx: EntityManager,
    { proposal, invoice, wantedCents, exchangeRate }: WantedOfProposal,
    made: QboInvoice,
  ): Promise<void> {
    const { orgId, id, name, customerId, currency } = proposal;
    const isOver = made.totalCents !== wantedCents;
    const books = exchangeRate === null ? null : await this.books.find(tx, orgId);
    const homeCents = books && otherHomeTotalCents(made, exchangeRate, books.homeCurrency);
    if (!isOver && homeCents === null) return;
    const home = homeCents === null ? {} : { home_cents: made.homeTotalCents, sent_home_cents: homeCents };
    await this.activity.log(tx, {
      orgId,
      customerId,
      proposalId: id,
      occurrence: made.id,
      event: 'invoice_total_differs',
      meta: {
        qbo_invoice_id: made.id,
        qbo_invoice_number: made.docNumber,
        amount_cents: made.totalCents,
        sent_cents: wantedCents,
        ...home,
      },
    });
    const customer = await this.operations.customerName(tx, { orgId, proposalId: id });
    const named = { id, name, customer };
    const inHome = (cents: number) => ({ cents, currency: books!.homeCurrency });
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfTotal(invoice.id),
      code: 'total_differs',
      reason: isOver
        ? totalDiffers(named, { cents: made.totalCents, currency }, { cents: wantedCents, currency })
        : homeTotalDiffers(named, inHome(made.homeTotalCents!), inHome(homeCents!)),
      proposalId: id,
    });
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

  /** Somebody cancelled the proposal while its invoice was being made. Its row is locked, so this is its last word. */
  private async reportUnwanted(
    tx: EntityManager,
    { orgId, id }: Lead,
    invoiceId: number,
    invoice: QboInvoice,
  ): Promise<void> {
    const proposal = await this.proposals.findInOrg(tx, orgId, id);
    if (proposal?.status !== 'cancelled') return;
    const { name, currency } = proposal;
    const customer = await this.operations.customerName(tx, { orgId, proposalId: id });
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfUnwanted(invoiceId),
      code: 'invoice_unwanted',
      reason: invoiceUnwanted({ id, name, customer }, invoice.docNumber ?? invoice.id, {
        cents: invoice.totalCents,
        currency,
      }),
      invoiceId,
      proposalId: id,
      customerId: proposal.customerId,
    });
  }

  /** Counts what was committed. */
  count({ orgId }: QboCompany, settled: Reconciliation | undefined): void {
    this.metrics.count('crm_invoices_generated_total', { org_id: orgId });
    if (settled) this.projector.count(settled);
  }
}
