import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { type Lease, LostLeaseError } from '../../../jobs/leases/lease.js';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { asQboError, QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { CreditMemoProjectorService } from '../credits/credit-memo-projector.service.js';
import { InvoiceProjectorService } from '../invoices/invoice-projector.service.js';
import { countSyncError } from '../invoices/sync-errors.js';
import { delayAfterMs } from '../../operations/operation-policy.js';
import { lookAgainAt, type PendingEvent } from './fetch-plan.js';
import { type WebhookFetchResult, WebhookFetchService } from './webhook-fetch.service.js';
import { EVENTS_LEASE } from './events-lease.js';
import { QboEventsRepository } from './qbo-events.repository.js';
import { after } from '../../../platform/time/after.js';

/** One run is bounded; what is left over is the next run's. */
const EVENTS_PER_RUN_MAX = 500;

/**
 * Looks into what Intuit told about one company. Promise: an event is closed in the transaction that applies what it
 * led to; until then it stays pending, whatever fails, and is looked into again by itself.
 */
@Injectable()
export class QboEventProcessorService {
  private readonly logger = new Logger(QboEventProcessorService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: QboEventsRepository,
    private readonly leases: LeasesService,
    private readonly connections: ConnectionService,
    private readonly webhookFetch: WebhookFetchService,
    private readonly projector: InvoiceProjectorService,
    private readonly creditMemos: CreditMemoProjectorService,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  @DueRows('qbo_events')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.events.listOrgsWithDue(tx, limit);
    return due.map((orgId) => ({ name: 'qbo.events.process', payload: { orgId } }));
  }

  /**
   * Looks into the pending events of an organisation, unless another worker is at them. Never throws for QuickBooks.
   */
  @JobHandler('qbo.events.process')
  async process({ orgId }: QueuePayloads['qbo.events.process']): Promise<void> {
    const lease = await this.leases.take(EVENTS_LEASE, [orgId]);
    if (!lease) return;
    try {
      await this.leases.keep(lease, () => this.processSome(lease, orgId));
    } finally {
      await this.leases.release(lease);
    }
    await this.enqueueRest(orgId);
  }

  /** What came meanwhile found the company held, so it is looked into now. */
  private async enqueueRest(orgId: number): Promise<void> {
    const { manager } = this.dataSource;
    if (await this.events.hasDue(manager, orgId))
      await this.jobs.enqueue(manager, 'qbo.events.process', { orgId });
  }

  private async processSome(lease: Lease, orgId: number): Promise<void> {
    const { manager } = this.dataSource;
    const events = await this.events.listDue(manager, orgId, EVENTS_PER_RUN_MAX);
    if (events.length === 0) return;
    const company = await this.connections.company(orgId);
    const ours = events.filter((event) => event.realmId === company?.realmId);
    const others = events.filter((event) => !ours.includes(event));
    const reason = 'The company is not connected. The first poll after it is tells what changed.';
    await this.events.close(manager, idsOf(others), 'ignored', reason);
    if (!company || ours.length === 0) return;
    await this.lookInto(lease, company, ours);
  }

  private async lookInto(lease: Lease, company: QboCompany, events: readonly PendingEvent[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const reading = await this.webhookFetch.read(company, events);
      await this.leases.assertHeld(lease);
      const changed = await this.settle(company, events, reading);
      const { done, held, ignored } = reading.dispositions;
      this.logger.log(
        {
          orgId: company.orgId,
          events: events.length,
          done: done.length,
          held: held.length,
          ignored: ignored.length,
          read: reading.snapshots.length,
          changed,
          durationMs: Math.round(performance.now() - startedAt),
        },
        'QuickBooks events looked into',
      );
    } catch (error) {
      if (error instanceof LostLeaseError) throw error;
      await this.noteFailure(company, events, error);
      if (!(error instanceof QboError)) throw error;
    }
  }

  /** Answers how many invoices changed. */
  private async settle(
    company: QboCompany,
    events: readonly PendingEvent[],
    { snapshots, payments, creditMemos, dispositions, heldBecause }: WebhookFetchResult,
  ): Promise<number> {
    const held = events.filter((event) => dispositions.held.includes(event.eventId));
    const committed = await retryOnConflict(() =>
      this.dataSource.transaction(async (tx) => {
        const applied = await this.projector.applyIn(tx, company, snapshots, payments);
        await this.creditMemos.applyIn(tx, company, creditMemos);
        await this.events.close(tx, dispositions.done, 'done');
        await this.events.close(
          tx,
          dispositions.ignored,
          'ignored',
          'It is about no document of a proposal.',
        );
        const until = lookAgainAt(held, this.clock.now());
        await this.postpone(tx, company.orgId, held, until, { attempts: 0, reason: heldBecause });
        return applied;
      }),
    );
    this.projector.count(committed);
    return committed.changes.length;
  }

  private async postpone(
    tx: EntityManager,
    orgId: number,
    events: readonly PendingEvent[],
    until: Date,
    why: { attempts: number; reason: string },
  ): Promise<void> {
    if (events.length === 0) return;
    await this.events.postpone(tx, idsOf(events), until, why);
    await this.jobs.enqueue(tx, 'qbo.events.process', { orgId }, until);
  }

  /** The next attempt comes later after each failure, whosever it is: each reads from QuickBooks, metered. */
  private async noteFailure(
    company: QboCompany,
    events: readonly PendingEvent[],
    error: unknown,
  ): Promise<void> {
    const { orgId } = company;
    const { kind, detail, message } = asQboError(error);
    const attempts = Math.max(...events.map((event) => event.attempts)) + 1;
    const askedMs = (detail.retryAfterSeconds ?? 0) * 1000;
    const delayMs = Math.max(askedMs, delayAfterMs(kind, attempts, Math.random()));
    const until = after(this.clock.now(), delayMs);
    await this.dataSource.transaction((tx) =>
      this.postpone(tx, orgId, events, until, { attempts, reason: message }),
    );
    countSyncError(this.metrics, orgId, error);
    this.logger.warn(
      { err: error, orgId, events: events.length, attempts },
      'QuickBooks events have to wait',
    );
  }
}

function idsOf(events: readonly PendingEvent[]): string[] {
  return events.map((event) => event.eventId);
}
