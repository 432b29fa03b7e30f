import { isDeepStrictEqual } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { Clock } from '../../../platform/time/clock.js';
import { asQboError, QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { delayAfterMs } from '../../operations/operation-policy.js';
import { OwnDocumentsService } from './own-documents.service.js';
import { FullReconciliationService } from './full-reconciliation.service.js';
import { restedAt } from './reconciliation-run.js';
import { type LeasedRun, ReconciliationRunsRepository, RUN_LEASE } from './reconciliation-runs.repository.js';
import { RunStats } from '../invoices/run-stats.js';
import { after } from '../../../platform/time/after.js';

const ATTEMPTS_MAX = 5;

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
 * end, whoever dies on the way; where QuickBooks fails or asks to wait, or something here fails, it begins anew later,
 * a few times.
 */
@Injectable()
export class ReconciliationWorkerService {
  private readonly logger = new Logger(ReconciliationWorkerService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly runs: ReconciliationRunsRepository,
    private readonly connections: ConnectionService,
    private readonly reconciliation: FullReconciliationService,
    private readonly ownDocuments: OwnDocumentsService,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
    private readonly clock: Clock,
  ) {}

  @DueRows('invoice_compares')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.runs.listDue(tx, limit);
    return due.map((orgId) => ({ name: 'qbo.invoice.compare', payload: { orgId } }));
  }

  /** Runs the comparison of an organisation, if it is due and nobody is at it. */
  @JobHandler('qbo.invoice.compare')
  async run({ orgId }: QueuePayloads['qbo.invoice.compare']): Promise<void> {
    const id = await this.runs.findOpen(orgId);
    const lease = id === null ? null : await this.leases.take<LeasedRun>(RUN_LEASE, [orgId, id]);
    if (!lease) return;
    try {
      await this.leases.keep(lease, (lost) => this.runHeld(lease.row, lost));
    } catch (error) {
      if (!(error instanceof LostCompareError)) throw error;
      this.logger.warn({ orgId }, error.message);
    }
  }

  private async runHeld(held: LeasedRun, lost: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const stats = new RunStats();
    const ending = await this.compare(held, stats, lost);
    await this.finish(held, stats, ending);
    const { orgId, reason } = held;
    const facts = { orgId, reason, ...stats.facts(performance.now() - startedAt), error: ending.error };
    this.logger.log(facts, 'Invoice poll finished');
  }

  private async compare(held: LeasedRun, stats: RunStats, lost: AbortSignal): Promise<Ending> {
    const company = await this.connections.company(held.orgId);
    if (company?.realmId !== held.realmId) {
      return { error: 'The company is not connected any more.', retryAt: null };
    }
    let total = 0;
    let noted: object = {};
    const note = async (): Promise<void> => {
      if (lost.aborted) throw new LostCompareError();
      const facts = { total, ...stats.counts() };
      if (isDeepStrictEqual(facts, noted)) return;
      if (!(await this.runs.note(held, total, stats))) throw new LostCompareError();
      noted = facts;
    };
    let ending: Ending;
    try {
      await this.ownDocuments.learnCustomers(held.reason, { company, stats, report: note });
      const trouble = await this.reconciliation.compare(company, stats, async (linked) => {
        total = linked;
        await note();
      });
      // What is begun anew anyway asks for the rest then.
      if (trouble === null) await this.ownDocuments.compare(held.reason, { company, stats, report: note });
      ending = trouble === null ? { error: null } : { error: trouble, retryAt: null };
    } catch (error) {
      if (error instanceof LostCompareError) throw error;
      if (!(error instanceof QboError))
        this.logger.error({ err: error, orgId: held.orgId }, 'A comparison failed');
      const failure = asQboError(error);
      ending = { error: failure.message, retryAt: this.retryAt(failure, held.attempts) };
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
    return after(this.clock.now(), waitMs);
  }

  private async finish(held: LeasedRun, stats: RunStats, ending: Ending): Promise<void> {
    const job = { orgId: held.orgId };
    await this.dataSource.transaction(async (tx) => {
      if (ending.error !== null && ending.retryAt !== null) {
        const postponed = await this.runs.postpone(tx, held, ending.error, ending.retryAt);
        if (postponed) await this.jobs.enqueue(tx, 'qbo.invoice.compare', job, ending.retryAt);
        return;
      }
      const againAt = restedAt(held.startedAt, stats.calls);
      const again = await this.runs.end(tx, held, ending.error, againAt);
      if (again) await this.jobs.enqueue(tx, 'qbo.invoice.compare', job, againAt);
    });
  }
}
