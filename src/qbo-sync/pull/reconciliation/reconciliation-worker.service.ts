import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { JobsService } from '../../../jobs/jobs.service.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { delayAfterMs } from '../../operations/operation-policy.js';
import { FullReconciliationService } from './full-reconciliation.service.js';
import { restedAt } from './reconciliation-run.js';
import { ReconciliationRunsRepository, type LeasedRun } from './reconciliation-runs.repository.js';
import { RunStats } from '../invoices/run-stats.js';

const LEASE_MS = 30_000;
const HEARTBEAT_MS = 8_000;
const ATTEMPTS_MAX = 5;
const COMPARES_PER_LOOK_MAX = 100;

/** What a comparison came to: everything was looked at, or why not, and when it is worth trying again. */
type Ending = { error: null } | { error: string; retryAt: Date | null };

/** Another worker has it now. */
class LostCompareError extends Error {
  constructor() {
    super('The comparison has passed to another worker.');
  }
}

/**
 * Runs the full comparisons. Promise: one worker at a time runs an organisation's, and one that was begun comes to an
 * end, whoever dies on the way; where QuickBooks fails or asks to wait it begins anew later, a few times.
 */
@Injectable()
export class ReconciliationWorkerService implements OnApplicationBootstrap {
  private readonly logger = new Logger(ReconciliationWorkerService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly runs: ReconciliationRunsRepository,
    private readonly connections: ConnectionService,
    private readonly reconciliation: FullReconciliationService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.invoice.compare', ({ orgId }) => this.carry(orgId));
  }

  @Cron(CronExpression.EVERY_5_SECONDS, { name: 'compare-janitor', timeZone: 'UTC', waitForCompletion: true })
  async tick(): Promise<void> {
    await this.wakeDue().catch((error: unknown) => this.logger.error(error));
  }

  /** Has every comparison run that is due and in nobody's hands. Answers of which organisations. */
  async wakeDue(): Promise<number[]> {
    const due = await this.runs.listDue(COMPARES_PER_LOOK_MAX);
    await this.dataSource.transaction(async (tx) => {
      for (const orgId of due) await this.jobs.enqueue(tx, 'qbo.invoice.compare', { orgId });
    });
    return due;
  }

  /** Runs the comparison of an organisation, if it is due and nobody is at it. */
  async carry(orgId: number): Promise<void> {
    const held = await this.runs.claim(orgId, LEASE_MS);
    if (!held) return;
    const heartbeat = setInterval(() => {
      void this.runs.renew(held, LEASE_MS).catch((error: unknown) => this.logger.warn(error));
    }, HEARTBEAT_MS);
    const startedAt = performance.now();
    const tally = new RunStats();
    try {
      const ending = await this.compare(held, tally);
      await this.letGo(held, tally, ending);
      const { reason } = held;
      const facts = { orgId, reason, ...tally.facts(performance.now() - startedAt), error: ending.error };
      this.logger.log(facts, 'Invoice poll finished');
    } catch (error) {
      if (!(error instanceof LostCompareError)) throw error;
      this.logger.warn({ orgId }, error.message);
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async compare(held: LeasedRun, tally: RunStats): Promise<Ending> {
    const company = await this.connections.company(held.orgId);
    if (company?.realmId !== held.realmId) {
      return { error: 'The company is not connected any more.', retryAt: null };
    }
    let total = 0;
    const note = async (): Promise<void> => {
      if (!(await this.runs.note(held, total, tally))) throw new LostCompareError();
    };
    let ending: Ending;
    try {
      const trouble = await this.reconciliation.compare(company, tally, async (linked) => {
        total = linked;
        await note();
      });
      ending = trouble === null ? { error: null } : { error: trouble, retryAt: null };
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      ending = { error: error.message, retryAt: this.retryAt(error, held.attempts) };
    }
    await note();
    return ending;
  }

  private retryAt({ kind, detail, facts }: QboError, attempts: number): Date | null {
    if (!facts.retryable || attempts >= ATTEMPTS_MAX) return null;
    const waitMs = Math.max(
      (detail.retryAfterSeconds ?? 0) * 1000,
      delayAfterMs(kind, attempts, Math.random()),
    );
    return new Date(this.clock.now().getTime() + waitMs);
  }

  private async letGo(held: LeasedRun, tally: RunStats, ending: Ending): Promise<void> {
    if (ending.error !== null && ending.retryAt !== null) {
      return this.runs.postpone(held, ending.error, ending.retryAt);
    }
    const againAt = restedAt(held.startedAt, tally.calls);
    await this.dataSource.transaction(async (tx) => {
      const again = await this.runs.end(tx, held, ending.error, againAt);
      if (again) await this.jobs.enqueue(tx, 'qbo.invoice.compare', { orgId: held.orgId }, againAt);
    });
  }
}
