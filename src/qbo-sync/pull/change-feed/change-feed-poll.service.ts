import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Lease } from '../../../jobs/leases/lease.js';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { TokenService } from '../../connection/tokens/token.service.js';
import { OperationsElsewhereService } from '../../operations/questions/operations-elsewhere.service.js';
import { InvoiceRecordsRepository } from '../invoices/invoice-records.repository.js';
import { RunStats } from '../invoices/run-stats.js';
import { countSyncError } from '../invoices/sync-errors.js';
import { isWithinLookBack } from '../reconciliation/reconciliation-trigger.js';
import { ChangeFeedProjectorService } from './change-feed-projector.service.js';
import { ChangeFeedReaderService } from './change-feed-reader.service.js';
import { MirroredChangesService } from './mirrored-changes.service.js';
import { POLL_LEASE, type DuePoll, SyncCursorsRepository } from './sync-cursors.repository.js';
import { after } from '../../../platform/time/after.js';

const FIRST_LOOK_BACK_MS = 3_600_000;

/** What became of a poll that was asked for: another worker may have been at the company. */
export type PollOutcome = 'polled' | 'failed' | 'busy';

/**
 * Brings the picture of one company's invoices up to date for the price of one call: what changed since the cursor,
 * which is QuickBooks' own time less an overlap. What was sent to another company and not answered is asked about.
 */
@Injectable()
export class ChangeFeedPollService {
  private readonly logger = new Logger(ChangeFeedPollService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly tokens: TokenService,
    private readonly leases: LeasesService,
    private readonly cursors: SyncCursorsRepository,
    private readonly records: InvoiceRecordsRepository,
    private readonly reader: ChangeFeedReaderService,
    private readonly mirrored: MirroredChangesService,
    private readonly projector: ChangeFeedProjectorService,
    private readonly elsewhere: OperationsElsewhereService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Polls the company of an organisation once, unless another worker is at it. Ends in one log line; never throws
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
      await this.leases.keep(lease, () => this.run(company, lease, stats));
    } catch (error) {
      stats.failed += 1;
      failure = error instanceof Error ? error.message : String(error);
      countSyncError(this.metrics, orgId, error);
      this.logger.warn({ err: error, orgId }, 'poll_invoice_status failed');
    } finally {
      await this.reviewElsewhere(company);
      await this.cursors.release(due, { error: failure, surprised: stats.changed > 0 }, this.clock.now());
    }
    this.logger.log({ orgId, ...stats.facts(performance.now() - startedAt) }, 'Invoice poll finished');
    return failure === null ? 'polled' : 'failed';
  }

  /** What fails of it keeps neither this poll nor the next from its invoices. */
  private async reviewElsewhere(company: QboCompany): Promise<void> {
    try {
      await this.elsewhere.review(company);
    } catch (error) {
      countSyncError(this.metrics, company.orgId, error);
      this.logger.warn({ err: error, orgId: company.orgId }, 'What was sent elsewhere was not looked at');
    }
  }

  /** Throws LostLeaseError where another worker has polled the company since this one read what changed. */
  private async run(company: QboCompany, lease: Lease<DuePoll>, stats: RunStats): Promise<void> {
    if (!(await this.records.hasStake(this.dataSource.manager, company))) {
      // Nothing to ask for yet; a connection that is never used would lapse after a hundred days.
      await this.tokens.accessToken(company);
      return;
    }
    const now = this.clock.now();
    const { changedSince } = lease.row;
    const since = isWithinLookBack(changedSince, now) ? changedSince : after(now, -FIRST_LOOK_BACK_MS);
    const changes = await this.reader.changesSince(company, since, stats);
    await this.leases.assertHeld(lease);
    if (changes) await this.mirrored.apply(company, since, changes);
    const changed = await this.reader.changedInvoices(company, changes, stats);
    await this.leases.assertHeld(lease);
    stats.add(await this.projector.applyInvoices(company, lease.row, changes, changed));
  }
}
