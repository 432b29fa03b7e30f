import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { RETRY_READS } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type {
  IsKnown,
  QboInvoice,
  QboChangedInvoices,
  QboKnownInvoices,
} from '../../api/model/qbo-objects.js';
import type { ListPosition } from '../../api/qbo-invoices.client.js';
import { IDS_PER_QUERY_MAX } from '../../api/mappers/queries/query.js';
import { forEachConcurrent, chunk } from '../../../platform/concurrency/for-each-concurrent.js';
import { furtherPages, worthPassingOver, worthReading, worthReadingWhole } from './reconciliation-paging.js';
import { InvoiceRefreshService } from '../invoices/invoice-refresh.service.js';
import type { InvoiceSnapshot } from '../invoices/invoice-record.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { isMassDeletion } from '../invoices/monitors/missing/mass-deletion.js';
import { InvoiceProjectorService } from '../invoices/invoice-projector.service.js';
import type { Unreadable } from '../../api/model/unreadable.js';
import { OpenQuestionsService } from '../invoices/monitors/open-questions.service.js';
import { UnreadInvoiceMonitorService } from '../invoices/monitors/missing/unread-invoice-monitor.service.js';
import { areOddOnes } from '../invoices/monitors/missing/unread-invoices.js';
import { countSyncError } from '../invoices/sync-errors.js';
import { RunStats } from '../invoices/run-stats.js';
import type { StoredInvoices } from '../invoices/stored-invoices.js';
import { MassDeletionGuardService } from '../invoices/monitors/missing/mass-deletion-guard.service.js';

const CALLS_AT_ONCE = 2;
/** Every invoice is dated later. */
const FIRST_DAY = '1970-01-01';

/** One comparison on its way. */
interface Look {
  company: QboCompany;
  total: number;
  /** The linked invoices that nothing is known of yet. */
  rest: StoredInvoices;
  /** Whether the compared facts alone are read first of a page. */
  passesOver: boolean;
  stats: RunStats;
  report: (total: number, stats: RunStats) => Promise<void>;
  /** Invoices of ours that are there and cannot be read. */
  unread: Unreadable[];
  /** What went wrong first, for people. */
  trouble: string | null;
}

/**
 * Compares every linked invoice of a company with QuickBooks: dearer than asking what changed, but misses nothing.
 * Promise: for as few calls as it takes, reading the company's list or asking by id, whichever is less; a page at a
 * time, so that memory does not grow with the company; what goes wrong with some does not keep the others from being
 * compared.
 */
@Injectable()
export class FullReconciliationService {
  private readonly logger = new Logger(FullReconciliationService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly records: InvoiceRecordsRepository,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly projector: InvoiceProjectorService,
    private readonly massDeletion: MassDeletionGuardService,
    private readonly unreadInvoices: UnreadInvoiceMonitorService,
    private readonly openQuestions: OpenQuestionsService,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Answers null where every invoice was compared and applied, else what kept it from that, in a sentence. `report`
   * is told of every page and may throw to end it. Throws QboError where QuickBooks will not answer the rest either.
   */
  async compare(company: QboCompany, stats: RunStats, report: Look['report']): Promise<string | null> {
    const tx = this.dataSource.manager;
    const rest = await this.records.overview(tx, company);
    const { total, unknowable } = rest;
    const passesOver = worthPassingOver(unknowable, total);
    const look: Look = { company, total, rest, passesOver, stats, report, unread: [], trouble: null };
    await this.readList(look, rest.oldestDay ?? FIRST_DAY);
    await this.compareGone(look, await this.askById(look));
    await this.tellOfUnread(look);
    await retryOnConflict(() =>
      this.dataSource.transaction((review) => this.openQuestions.review(review, company)),
    );
    return look.trouble;
  }

  /**
   * Reads the company's list from the day of the oldest linked invoice on, as far as that costs less than asking by id.
   * What this would have told, where it fails, is asked for by id.
   */
  private async readList(look: Look, fromDay: CalendarDay): Promise<void> {
    const { company, rest } = look;
    if (!worthReading(rest.size)) return;
    const first = await this.readPage(look, { fromDay, startPosition: 1 });
    if (!first?.full || rest.size === 0) return;
    const listed = await this.attempt(look, 0, () =>
      this.client.invoices.count(company, fromDay, RETRY_READS),
    );
    if (listed === null) return;
    await forEachConcurrent(furtherPages(rest.size, listed), CALLS_AT_ONCE, async (startPosition) => {
      await this.readPage(look, { fromDay, startPosition });
    });
  }

  /**
   * By the compared facts first, where that is worth it. Null where the page cannot be had. What it leaves on the list
   * is asked for by id.
   */
  private async readPage(look: Look, position: ListPosition): Promise<{ full: boolean } | null> {
    if (look.passesOver) {
      const page = await this.attempt(look, 0, () => this.passOver(look, position));
      if (page && !worthReadingWhole(page.unknown)) return page;
      if (page === null) look.passesOver = false;
    }
    return this.attempt(look, 0, () => this.readWhole(look, position));
  }

  private async passOver(look: Look, position: ListPosition): Promise<QboKnownInvoices> {
    const { company, stats, total } = look;
    const page = await this.client.invoices.listKnown(company, position, isKnownIn(look), RETRY_READS);
    await this.takeKnown(look, page.known);
    await look.report(total, stats);
    return page;
  }

  private async readWhole(look: Look, position: ListPosition): Promise<QboChangedInvoices> {
    const page = await this.client.invoices.list(look.company, position, isKnownIn(look), RETRY_READS);
    await this.take(look, page);
    return page;
  }

  /** Asks by id for what no list told of. Answers those that QuickBooks leaves out. */
  private async askById(look: Look): Promise<string[]> {
    const missing: string[] = [];
    await forEachConcurrent(chunk(look.rest.ids(), IDS_PER_QUERY_MAX), CALLS_AT_ONCE, async (ids) => {
      await this.attempt(look, ids.length, async () => {
        const { invoices } = this.client;
        await this.take(look, await invoices.listByIds(look.company, ids, isKnownIn(look), RETRY_READS));
        missing.push(...ids.filter((id) => look.rest.has(id)));
      });
    });
    return missing;
  }

  /**
   * Applies an answer and takes its invoices off the list. Most are as they were, and marked without lock or payments.
   * One that cannot be read is told and not asked for again.
   */
  private async take(look: Look, { known, invoices, unreadable }: QboChangedInvoices): Promise<void> {
    const { company, rest, stats } = look;
    await this.takeKnown(look, known);
    const changed = invoices.filter(({ id }) => rest.has(id)).map(snapshotOf);
    if (changed.length > 0) stats.add(await this.refresh.apply(company, changed, { stats, ...RETRY_READS }));
    for (const { invoiceId } of changed) rest.take(invoiceId);
    for (const one of unreadable) {
      const { id, reason } = one;
      if (!rest.take(id)) continue;
      look.unread.push(one);
      stats.failed += 1;
      this.metrics.count('crm_invoice_sync_errors_total', { org_id: company.orgId, stage: 'parse' });
      this.logger.warn({ orgId: company.orgId, qboInvoiceId: id, reason }, 'Could not read an invoice');
    }
    await look.report(look.total, stats);
  }

  /** A person hears of odd ones; so many that reading them is what fails are asked for once more. */
  private async tellOfUnread(look: Look): Promise<void> {
    const { company, unread } = look;
    const [first] = unread;
    if (!first) return;
    if (!areOddOnes(unread.length)) look.trouble ??= `Invoice ${first.id} could not be read: ${first.reason}`;
    else await this.dataSource.transaction((tx) => this.unreadInvoices.report(tx, company, unread));
  }

  /** Marks those that are as they are stored, and takes them off the list. */
  private async takeKnown({ company, rest, stats }: Look, known: readonly string[]): Promise<void> {
    const unchanged = known.flatMap((id) => rest.take(id) ?? []);
    await this.projector.markUnchanged(company, unchanged);
    const ids = unchanged.map(({ qboInvoiceId }) => qboInvoiceId);
    await this.unreadInvoices.noteRead(company, ids);
    stats.seen += unchanged.length;
  }

  /**
   * What QuickBooks leaves out is asked for one by one before it counts as deleted, which is final. Where too much is
   * missing nothing is marked, unless a person has said that it is right.
   */
  private async compareGone(look: Look, missing: readonly string[]): Promise<void> {
    const { company, total, stats } = look;
    const isMass = isMassDeletion(missing.length, total);
    const gone = isMass ? [...missing] : await this.reallyGone(look, missing);
    if (!(await this.massDeletion.admits(company, gone.length, total))) {
      look.trouble ??=
        `${gone.length} of ${total} invoices are gone from QuickBooks at once; the inbox ` +
        'has the question.';
      return;
    }
    if (!isMass && look.trouble === null) await this.massDeletion.isOver(company);
    if (gone.length === 0) return;
    const snapshots = gone.map((invoiceId): InvoiceSnapshot => ({ invoiceId, deleted: true }));
    stats.add(await this.projector.apply(company, snapshots));
    await look.report(total, stats);
  }

  private async reallyGone(look: Look, missing: readonly string[]): Promise<string[]> {
    const { company, stats } = look;
    const gone: string[] = [];
    for (const id of missing) {
      await this.attempt(look, 1, async () => {
        const snapshot = await this.refresh.snapshot(company, id, RETRY_READS);
        if (snapshot.deleted) gone.push(id);
        else stats.add(await this.refresh.apply(company, [snapshot], { stats, ...RETRY_READS }));
      });
    }
    return gone;
  }

  /**
   * Makes one call about so many invoices. A failure is counted and told and answers null, and the next goes on,
   * unless it would meet the same.
   */
  private async attempt<T>(look: Look, invoices: number, work: () => Promise<T>): Promise<T | null> {
    look.stats.calls += 1;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      const { orgId } = look.company;
      countSyncError(this.metrics, orgId, error);
      this.logger.warn({ err: error, orgId, invoices }, 'poll_invoice_status failed');
      look.stats.failed += invoices;
      if (invoices > 0) look.trouble ??= error.message;
      if (meetsEverything(error)) throw error;
      return null;
    }
  }
}

/** True for a failure that every further call would meet, too. */
function meetsEverything({ kind, detail }: QboError): boolean {
  if (kind === 'transient') return detail.retryAfterSeconds !== undefined;
  return ['throttled', 'not_connected', 'needs_reauth', 'forbidden', 'subscription'].includes(kind);
}

function isKnownIn({ rest }: Look): IsKnown {
  return (invoice) => rest.isKnown(invoice);
}

function snapshotOf(invoice: QboInvoice): InvoiceSnapshot {
  return { invoiceId: invoice.id, deleted: false, invoice };
}
