import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { Config } from '../../platform/config/config.js';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { isDatabaseUnavailable } from '../../platform/database/failures/unavailable.js';
import { LogDamper } from '../../platform/logging/log-damper.js';
import { Clock } from '../../platform/time/clock.js';
import { ConnectionLossService } from '../connection/connection-loss.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { ReadBudgetService } from '../api/metering/read-budget.service.js';
import { ChangeFeedPollService } from './change-feed/change-feed-poll.service.js';
import { ReconciliationRunsService } from './reconciliation/reconciliation-runs.service.js';
import { InvoiceRecordsRepository } from './invoices/invoice-records.repository.js';
import { type PollIntervals, SyncCursorsRepository } from './change-feed/sync-cursors.repository.js';

const COMPANIES_PER_LOOK_MAX = 100;
const LOOKS_PER_INTERVAL = 10;
const LOOK_EVERY_MIN_MS = 1_000;
const LOOK_EVERY_MAX_MS = 60_000;

/**
 * Sees to it that each connected company is polled once per interval (`QBO_INVOICE_POLL_INTERVAL_MIN`; where its
 * webhooks prove to reach us, `QBO_WEBHOOK_FED_POLL_INTERVAL_MIN`), by one worker, however many replicas there are.
 * Start times are spread, so that not all companies are polled at once.
 */
@Injectable()
export class InvoicePollerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(InvoicePollerService.name);
  private readonly damper = new LogDamper();
  private readonly intervalMs: number;
  private readonly webhookFedIntervalMs: number;
  private lookedAtMs = 0;
  private isStopping = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly losses: ConnectionLossService,
    private readonly cursors: SyncCursorsRepository,
    private readonly poll: ChangeFeedPollService,
    private readonly runs: ReconciliationRunsService,
    private readonly records: InvoiceRecordsRepository,
    private readonly budget: ReadBudgetService,
    private readonly jobs: JobsService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    this.intervalMs = config.qbo.pollIntervalMinutes * 60_000;
    this.webhookFedIntervalMs = config.qbo.webhookFedPollIntervalMinutes * 60_000;
  }

  @DueRows('qbo_sweeps')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const abandoned = await this.cursors.listAbandoned(tx, limit);
    return abandoned.map((orgId) => ({ name: 'qbo.company.sweep', payload: { orgId } }));
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.hasten();
    this.logger.log(`Starting invoice status poller (interval: ${this.config.qbo.pollIntervalMinutes}min)`);
  }

  @JobHandler('qbo.company.sweep')
  async pollCompany({ orgId }: QueuePayloads['qbo.company.sweep']): Promise<void> {
    await this.poll.poll(orgId);
  }

  /**
   * Looks for due companies, and for connections that are lost, as often as the interval needs, at most every second.
   * Where the clock was put back, as the database's was, what was planned by the one before is planned anew.
   */
  @Cron(CronExpression.EVERY_SECOND, { name: 'invoice-poller', timeZone: 'UTC', waitForCompletion: true })
  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const lookEveryMs = Math.min(
      Math.max(this.intervalMs / LOOKS_PER_INTERVAL, LOOK_EVERY_MIN_MS),
      LOOK_EVERY_MAX_MS,
    );
    const sinceMs = now - this.lookedAtMs;
    if (this.isStopping || (sinceMs >= 0 && sinceMs < lookEveryMs)) return;
    this.lookedAtMs = now;
    this.looking = this.look(sinceMs < 0);
    await this.looking;
  }

  /** Looks no more, and lets a look end that is under way: the database is closed after it. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.looking;
  }

  private async hasten(): Promise<void> {
    await this.cursors.hasten(this.clock.now(), await this.intervals());
  }

  private async look(clockWasPutBack: boolean): Promise<void> {
    if (clockWasPutBack) await this.hasten().catch((error: unknown) => this.logFailure(error));
    await this.pollDue().catch((error: unknown) => this.logFailure(error));
    await this.losses.refresh().catch((error: unknown) => this.logFailure(error));
  }

  /** Once in ten seconds while the database is away, since a look is taken each second. */
  private logFailure(error: unknown): void {
    if (!isDatabaseUnavailable(error)) return this.logger.error(error);
    const withheld = this.damper.admit('database');
    if (withheld !== null)
      this.logger.error({ err: error, withheld }, 'Due companies could not be looked for');
  }

  /** Has every company polled that is due, so many at a time that no transaction holds many rows. */
  async pollDue(): Promise<void> {
    while ((await this.pollOnce()).length === COMPANIES_PER_LOOK_MAX);
  }

  /** Takes companies that are due, a hundred at most, and has each polled. Answers their organisations. */
  async pollOnce(): Promise<number[]> {
    const intervals = await this.intervals();
    return this.dataSource.transaction(async (tx) => {
      const orgIds = await this.cursors.takeDue(tx, this.clock.now(), intervals, COMPANIES_PER_LOOK_MAX);
      const jobs = orgIds.map((orgId) => ({ orgId }));
      await this.jobs.enqueueAll(tx, 'qbo.company.sweep', jobs);
      return orgIds;
    });
  }

  /** As they hold now: longer where the month's reads run short. */
  private async intervals(): Promise<PollIntervals> {
    const stretch = await this.budget.stretch();
    return { usualMs: stretch(this.intervalMs), webhookFedMs: stretch(this.webhookFedIntervalMs) };
  }

  /** Has every linked proposal of one organisation compared with its invoice. Answers which these are. */
  async pollAll({ orgId, userId }: AuthenticatedUser): Promise<number[]> {
    const company = await this.connections.company(orgId);
    return this.dataSource.transaction(async (tx) => {
      const proposalIds = await this.records.listLinkedProposalIds(tx, orgId);
      if (company && proposalIds.length > 0)
        await this.runs.open(tx, company, { reason: 'asked', askedBy: userId });
      return proposalIds;
    });
  }
}
