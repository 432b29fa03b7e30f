import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LeasesService } from '../../../jobs/leases.service.js';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { retryOnConflict } from '../../../platform/database/retry.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { RETRY_READS } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboDocumentsClient } from '../../api/qbo-documents.client.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboChanges } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { TokenService } from '../../connection/token.service.js';
import { reconciliationTrigger, isWithinLookBack } from '../reconciliation/reconciliation-trigger.js';
import { ReconciliationRunsService } from '../reconciliation/reconciliation-runs.service.js';
import { DocumentMirrorService } from '../documents/document-mirror.service.js';
import { CreditMemoProjectorService } from '../credits/credit-memo-projector.service.js';
import { StrayReceiptsService } from '../invoices/stray-receipts.service.js';
import { CustomerMirrorService } from '../customers/customer-mirror.service.js';
import type { InvoiceSnapshot } from '../invoices/invoice-record.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { PaymentReaderService } from '../invoices/payment-reader.service.js';
import { InvoiceProjectorService } from '../invoices/invoice-projector.service.js';
import { POLL_LEASE, type DuePoll, SyncCursorsRepository } from './sync-cursors.repository.js';
import { syncErrorStage } from '../invoices/sync-error-stage.js';
import { RunStats } from '../invoices/run-stats.js';
import { MassDeletionGuardService } from '../invoices/mass-deletion-guard.service.js';

const OVERLAP_MS = 5 * 60_000;
const FIRST_LOOK_BACK_MS = 3_600_000;
const INCOMPLETE_PER_POLL_MAX = 100;

/** What became of a sweep that was asked for: another worker may have been at the company. */
export type PollOutcome = 'swept' | 'failed' | 'busy';

/**
 * Brings the picture of one company's invoices up to date for the price of one call. The watermark is QuickBooks' own
 * time less an overlap and moves only together with the effects, so whatever fails is read again. Where the answer does
 * not tell everything, a full comparison is opened, and the watermark moves when that has looked at all.
 */
@Injectable()
export class ChangeFeedPollService {
  private readonly logger = new Logger(ChangeFeedPollService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly tokens: TokenService,
    private readonly cursors: SyncCursorsRepository,
    private readonly records: InvoiceRecordsRepository,
    private readonly client: QboClient,
    private readonly runs: ReconciliationRunsService,
    private readonly paymentReader: PaymentReaderService,
    private readonly massDeletion: MassDeletionGuardService,
    private readonly projector: InvoiceProjectorService,
    private readonly mirror: CustomerMirrorService,
    private readonly creditMemos: CreditMemoProjectorService,
    private readonly strayReceipts: StrayReceiptsService,
    private readonly documents: QboDocumentsClient,
    private readonly documentMirror: DocumentMirrorService,
    private readonly settings: OrgSettingsService,
    private readonly metrics: MetricsService,
    private readonly leases: LeasesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Sweeps the company of an organisation once, unless another worker is at it. Ends in one log line; never throws
   * for QuickBooks.
   */
  async poll(orgId: number): Promise<PollOutcome> {
    const company = await this.connections.company(orgId);
    if (!company) return 'failed';
    const lease = await this.leases.take<DuePoll>(POLL_LEASE, [orgId]);
    if (!lease) return 'busy';
    const due = lease.row;
    if (due.realmId !== company.realmId) {
      await this.leases.release(lease);
      return 'failed';
    }
    const startedAt = performance.now();
    const stats = new RunStats();
    let failure: string | null = null;
    try {
      await this.leases.keep(lease, () => this.run(company, due, stats));
    } catch (error) {
      stats.failed += 1;
      failure = error instanceof Error ? error.message : String(error);
      this.metrics.count('crm_invoice_sync_errors_total', { org_id: orgId, stage: syncErrorStage(error) });
      this.logger.warn({ err: error, orgId }, 'poll_invoice_status failed');
    } finally {
      await this.cursors.release(due, { error: failure, surprised: stats.changed > 0 }, this.clock.now());
    }
    this.logger.log({ orgId, ...stats.facts(performance.now() - startedAt) }, 'Invoice poll finished');
    return failure === null ? 'swept' : 'failed';
  }

  private async run(company: QboCompany, poll: DuePoll, stats: RunStats): Promise<void> {
    if (!(await this.records.hasLinked(this.dataSource.manager, company))) {
      // Nothing to ask for yet; a connection that is never used would lapse after a hundred days.
      await this.tokens.accessToken(company);
      return;
    }
    const now = this.clock.now();
    const { changedSince } = poll;
    const since = isWithinLookBack(changedSince, now)
      ? changedSince
      : new Date(now.getTime() - FIRST_LOOK_BACK_MS);
    const changes = await this.changes(company, since, stats);
    if (changes) {
      const { documents } = changes;
      await this.dataSource.transaction(async (tx) => {
        await this.mirror.apply(tx, company, since, changes);
        await this.creditMemos.applyIn(tx, company, changes.creditMemos);
        if (documents) await this.documentMirror.apply(tx, company, since, documents);
      });
    }
    await this.applyAndAdvance(company, poll, changes, stats);
  }

  /** Null where QuickBooks does not answer this question for us, and the invoices have to be asked for one by one. */
  private async changes(company: QboCompany, since: Date, stats: RunStats): Promise<QboChanges | null> {
    stats.calls += 1;
    try {
      return (await this.documentMirror.isFilled(company))
        ? await this.documents.changesSince(company, since, RETRY_READS)
        : await this.client.changesSince(company, since, RETRY_READS);
    } catch (error) {
      if (error instanceof QboError && (error.kind === 'validation' || error.kind === 'not_found'))
        return null;
      throw error;
    }
  }

  private async applyAndAdvance(
    company: QboCompany,
    poll: DuePoll,
    changes: QboChanges | null,
    stats: RunStats,
  ): Promise<void> {
    const now = this.clock.now();
    const { timeZone } = await this.settings.get(company.orgId);
    const ours = await this.linkedAmong(company, changes);
    const { snapshots, heldBack } = await this.snapshots(company, changes, ours);
    const news = [...snapshots, ...(await this.owing(company, snapshots, stats))];
    const changed = changes?.payments ?? [];
    const entries = changedEntries(changes);
    const settled = await this.paymentReader.ofEntries(company, entries, changed, stats, RETRY_READS);
    const brought = [...changed, ...settled];
    const payments = await this.paymentReader.explain(company, news, brought, stats, RETRY_READS);
    const unreadable = (changes?.unreadable ?? []).filter(({ id }) => ours.has(id));
    for (const { id, reason } of unreadable) {
      stats.failed += 1;
      this.metrics.count('crm_invoice_sync_errors_total', { org_id: company.orgId, stage: 'parse' });
      this.logger.warn({ orgId: company.orgId, qboInvoiceId: id, reason }, 'Could not read an invoice');
    }
    const reconciliation = await retryOnConflict(() =>
      this.dataSource.transaction(async (tx) => {
        const applied = await this.projector.applyIn(tx, company, news, payments);
        await this.strayReceipts.follow(tx, company, changes?.refunds ?? []);
        await this.records.markOverdue(tx, company.orgId, dayInZone(now, timeZone));
        // What could not be read or was held back is asked for again: the watermark stays where it was.
        await this.advance(tx, company, poll, changes, unreadable.length === 0 && !heldBack);
        return applied;
      }),
    );
    this.projector.count(reconciliation);
    stats.add(reconciliation);
  }

  /**
   * Moves the watermark to where changes are known, or has everything compared first where the answer is not enough.
   */
  private async advance(
    tx: EntityManager,
    company: QboCompany,
    poll: DuePoll,
    changes: QboChanges | null,
    applied: boolean,
  ): Promise<void> {
    const feed = changes === null ? 'refused' : changes.complete ? 'whole' : 'full';
    const reason = reconciliationTrigger({ ...poll, feed }, this.clock.now());
    const changesKnownUntil = changes ? new Date(changes.asOf.getTime() - OVERLAP_MS) : undefined;
    const feedSuffices = reason === null || reason === 'weekly';
    if (reason) await this.runs.open(tx, company, { reason, changesKnownUntil });
    if (feedSuffices && applied) await this.cursors.advance(tx, poll, changesKnownUntil!);
  }

  /** Which of the invoices that changed are ours: a company has many more of either. */
  private async linkedAmong(company: QboCompany, changes: QboChanges | null): Promise<ReadonlySet<string>> {
    const changed = [...(changes?.invoices ?? []), ...(changes?.unreadable ?? [])].map(({ id }) => id);
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
      const invoices = await this.client.invoices.findByIds(company, ids, RETRY_READS);
      return invoices.map((invoice) => ({ invoiceId: invoice.id, deleted: false, invoice }));
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
