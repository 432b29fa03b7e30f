import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { Clock } from '../../../platform/time/clock.js';
import { isTooLongToRead, QboError, type QboErrorKind } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed, QboChanges, QboPayment } from '../../api/model/qbo-objects.js';
import type { Unreadable } from '../../api/model/unreadable.js';
import { areOddOnes } from '../invoices/monitors/missing/unread-invoices.js';
import { RETRY_READS } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboDocumentsClient } from '../../api/qbo-documents.client.js';
import { QboClient } from '../../api/qbo.client.js';
import { DocumentMirrorService } from '../documents/document-mirror.service.js';
import type { InvoiceSnapshot } from '../invoices/invoice-record.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { MassDeletionGuardService } from '../invoices/monitors/missing/mass-deletion-guard.service.js';
import { PaymentReaderService } from '../invoices/payments/payment-reader.service.js';
import { Refusals } from '../../api/errors/refusals.js';
import type { RunStats } from '../invoices/run-stats.js';
import { after } from '../../../platform/time/after.js';

const INCOMPLETE_PER_POLL_MAX = 100;
/** In so short a time not too much changes. */
const LATELY_MS = 10_000;

/** Ways in which QuickBooks says that it does not answer a question, however often it is asked. */
const REFUSED: ReadonlySet<QboErrorKind> = new Set(['forbidden', 'malformed', 'not_found', 'validation']);

/** What is new of our invoices and of the payments on them. */
export interface ChangedInvoices {
  invoices: InvoiceSnapshot[];
  payments: Changed<QboPayment>[];
  /** Invoices of ours that are there and cannot be read. */
  unread: readonly Unreadable[];
  /** False where some were held back, or many could not be read, which are to be asked for again. */
  isWhole: boolean;
}

/** Asks QuickBooks what changed in a company, and for what has to be known beside it. Writes nothing. */
@Injectable()
export class ChangeFeedReaderService {
  private readonly logger = new Logger(ChangeFeedReaderService.name);
  /** Of changes of documents beside those of invoices. */
  private readonly refusals = new Refusals();

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboClient,
    private readonly documents: QboDocumentsClient,
    private readonly documentMirror: DocumentMirrorService,
    private readonly records: InvoiceRecordsRepository,
    private readonly massDeletion: MassDeletionGuardService,
    private readonly payments: PaymentReaderService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Null where QuickBooks does not answer this question for us, and the invoices have to be asked for one by one. What
   * is too much to be taken in is as good as a feed that was cut off: the changes of this moment say until when a look
   * at everything has to go.
   */
  async changesSince(company: QboCompany, since: Date, stats: RunStats): Promise<QboChanges | null> {
    try {
      return await this.askFor(company, since, stats);
    } catch (error) {
      if (!isTooLongToRead(error)) throw error;
      this.logger.warn({ err: error, orgId: company.orgId }, 'Too much changed to be read as changes');
      const lately = await this.askFor(company, after(this.clock.now(), -LATELY_MS), stats);
      return lately && cutOff(lately);
    }
  }

  private async askFor(company: QboCompany, since: Date, stats: RunStats): Promise<QboChanges | null> {
    const isAsked =
      !this.refusals.has(company, this.clock.now()) && (await this.documentMirror.isFilled(company));
    const changes = isAsked ? await this.withDocuments(company, since, stats) : null;
    if (changes) return changes;
    stats.calls += 1;
    try {
      return await this.client.changesSince(company, since, RETRY_READS);
    } catch (error) {
      if (error instanceof QboError && (error.kind === 'validation' || error.kind === 'not_found'))
        return null;
      throw error;
    }
  }

  /** Null where QuickBooks refuses it: what of documents may not be read keeps no invoice from being followed. */
  private async withDocuments(company: QboCompany, since: Date, stats: RunStats): Promise<QboChanges | null> {
    stats.calls += 1;
    try {
      return await this.documents.changesSince(company, since, RETRY_READS);
    } catch (error) {
      if (!(error instanceof QboError) || !REFUSED.has(error.kind)) throw error;
      if (error.kind === 'forbidden') this.refusals.note(company, this.clock.now());
      this.logger.warn({ err: error, orgId: company.orgId }, 'Changes of documents could not be read');
      return null;
    }
  }

  /** What the changes tell of our invoices, with those whose payments could not be read before. */
  async changedInvoices(
    company: QboCompany,
    changes: QboChanges | null,
    stats: RunStats,
  ): Promise<ChangedInvoices> {
    const ours = await this.linkedAmong(company, changes);
    const { snapshots, heldBack } = await this.snapshots(company, changes, ours);
    const invoices = [...snapshots, ...(await this.owing(company, snapshots, stats))];
    const changed = changes?.payments ?? [];
    const entries = changedEntries(changes);
    const settled = await this.payments.ofEntries(company, entries, changed, stats, RETRY_READS);
    const brought = [...changed, ...settled];
    const payments = await this.payments.explain(company, invoices, brought, stats, RETRY_READS);
    const unreadable = unreadableInvoices(changes).filter(({ id }) => ours.has(id));
    for (const { id, reason } of unreadable) {
      stats.failed += 1;
      this.metrics.count('crm_invoice_sync_errors_total', { org_id: company.orgId, stage: 'parse' });
      this.logger.warn({ orgId: company.orgId, qboInvoiceId: id, reason }, 'Could not read an invoice');
    }
    const areOdd = areOddOnes(unreadable.length);
    return { invoices, payments, unread: areOdd ? unreadable : [], isWhole: areOdd && !heldBack };
  }

  /** Which of the invoices that changed are ours: a company has many more of either. */
  private async linkedAmong(company: QboCompany, changes: QboChanges | null): Promise<ReadonlySet<string>> {
    const changed = [...(changes?.invoices ?? []), ...unreadableInvoices(changes)].map(({ id }) => id);
    return new Set(await this.records.listLinked(this.dataSource.manager, company, changed));
  }

  /** The changes of linked invoices. Where too many are gone at once, those that are gone are held back. */
  private async snapshots(
    company: QboCompany,
    changes: QboChanges | null,
    ours: ReadonlySet<string>,
  ): Promise<{ snapshots: InvoiceSnapshot[]; heldBack: boolean }> {
    const snapshots = (changes?.invoices ?? [])
      .filter((change) => ours.has(change.id))
      .map((change): InvoiceSnapshot =>
        change.deleted
          ? { invoiceId: change.id, deleted: true }
          : { invoiceId: change.id, deleted: false, invoice: change.object },
      );
    const there = snapshots.filter((snapshot) => !snapshot.deleted);
    const goneCount = snapshots.length - there.length;
    if (goneCount === 0) return { snapshots, heldBack: false };
    const linkedCount = await this.records.countLinked(this.dataSource.manager, company);
    const admitted = await this.massDeletion.admits(company, goneCount, linkedCount);
    return { snapshots: admitted ? snapshots : there, heldBack: !admitted };
  }

  /** Invoices whose payments could not be read before and that did not change since, read anew. */
  private async owing(
    company: QboCompany,
    snapshots: readonly InvoiceSnapshot[],
    stats: RunStats,
  ): Promise<InvoiceSnapshot[]> {
    const fresh = new Set(snapshots.map((snapshot) => snapshot.invoiceId));
    const tx = this.dataSource.manager;
    const owing = await this.records.listIncomplete(tx, company, INCOMPLETE_PER_POLL_MAX);
    const ids = owing.filter((id) => !fresh.has(id));
    if (ids.length === 0) return [];
    stats.calls += 1;
    try {
      const { read } = await this.client.invoices.findByIds(company, ids, RETRY_READS);
      return read.map((invoice) => ({ invoiceId: invoice.id, deleted: false, invoice }));
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId: company.orgId, invoices: ids.length }, 'Payments not read yet');
      return [];
    }
  }
}

/** Journal entries that are told where the documents of the company are mirrored. */
function changedEntries(changes: QboChanges | null): string[] {
  const documents = changes?.documents?.changes ?? [];
  return documents.flatMap(({ type, id, deleted }) => (type === 'JournalEntry' && !deleted ? [id] : []));
}

/** Customers are numbered by themselves: one can have the id of an invoice. */
function unreadableInvoices(changes: QboChanges | null): QboChanges['unreadable'] {
  return (changes?.unreadable ?? []).filter(({ entity }) => entity === 'Invoice');
}

/** These changes, as they are not all. */
function cutOff({ documents, ...changes }: QboChanges): QboChanges {
  return { ...changes, complete: false, ...(documents && { documents: { ...documents, complete: false } }) };
}
