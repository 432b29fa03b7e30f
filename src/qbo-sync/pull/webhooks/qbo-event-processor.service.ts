import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../../platform/config/config.js';
import { retryOnConflict } from '../../../platform/database/retry.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InvoiceProjectorService } from '../invoices/invoice-projector.service.js';
import { syncErrorStage } from '../invoices/sync-error-stage.js';
import { delayAfterMs } from '../../operations/operation-policy.js';
import { lookAgainAt, type PendingEvent } from './fetch-plan.js';
import { type WebhookFetchResult, WebhookFetchService } from './webhook-fetch.service.js';
import { WebhookLeasesRepository } from './webhook-leases.repository.js';
import { QboEventsRepository } from './qbo-events.repository.js';

/** One run is bounded; what is left over is the next run's. */
const EVENTS_PER_RUN_MAX = 500;
const LEASE_MARGIN_MS = 10_000;

/**
 * Looks into what Intuit told about one company. Promise: an event is closed in the transaction that applies what it led
 * to; until then it stays pending, whatever fails, and is looked into again by itself.
 */
@Injectable()
export class QboEventProcessorService implements OnApplicationBootstrap {
  private readonly logger = new Logger(QboEventProcessorService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: QboEventsRepository,
    private readonly leases: WebhookLeasesRepository,
    private readonly connections: ConnectionService,
    private readonly webhookFetch: WebhookFetchService,
    private readonly projector: InvoiceProjectorService,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.events.process', ({ orgId }) => this.process(orgId));
  }

  /** Looks into the pending events of an organisation, unless another worker is at them. Never throws for QuickBooks. */
  async process(orgId: number): Promise<void> {
    const turn = await this.leases.take(orgId, this.config.qbo.requestTimeoutMs * 3 + LEASE_MARGIN_MS);
    if (!turn) return;
    try {
      await this.processSome(orgId);
    } finally {
      await this.leases.giveBack(turn);
    }
    await this.wakeDue(orgId);
  }

  /** Has pending events looked into whose turn it is: of every organisation, or of one. Answers of which. */
  async wakeDue(orgId?: number): Promise<number[]> {
    return this.dataSource.transaction(async (tx) => {
      const orgIds = await this.events.listOrgsWithDue(tx, orgId);
      for (const one of orgIds) await this.jobs.enqueue(tx, 'qbo.events.process', { orgId: one });
      return orgIds;
    });
  }

  private async processSome(orgId: number): Promise<void> {
    const { manager } = this.dataSource;
    const events = await this.events.listDue(manager, orgId, EVENTS_PER_RUN_MAX);
    const newest = events.at(-1);
    if (!newest) return;
    await this.leases.noteHeard(manager, orgId, newest.receivedAt);
    const company = await this.connections.company(orgId);
    const ours = events.filter((event) => event.realmId === company?.realmId);
    const others = events.filter((event) => !ours.includes(event));
    const reason = 'The company is not connected. The first sweep after it is tells what changed.';
    await this.events.close(manager, idsOf(others), 'ignored', reason);
    if (!company || ours.length === 0) return;
    await this.lookInto(company, ours);
  }

  private async lookInto(company: QboCompany, events: readonly PendingEvent[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const reading = await this.webhookFetch.read(company, events);
      const changed = await this.settle(company, events, reading);
      const { done, held, ignored } = reading.fates;
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
      if (!(error instanceof QboError)) throw error;
      await this.noteFailure(company, events, error);
    }
  }

  /** Answers how many invoices changed. */
  private async settle(
    company: QboCompany,
    events: readonly PendingEvent[],
    { snapshots, payments, fates }: WebhookFetchResult,
  ): Promise<number> {
    const held = events.filter((event) => fates.held.includes(event.eventId));
    const reconciliation = await retryOnConflict(() =>
      this.dataSource.transaction(async (tx) => {
        const applied = await this.projector.applyIn(tx, company, snapshots, payments);
        await this.events.close(tx, fates.done, 'done');
        await this.events.close(tx, fates.ignored, 'ignored', 'It is about no invoice of a proposal.');
        const reason = 'An invoice is being made, and this may be about it.';
        const until = lookAgainAt(held, this.clock.now());
        await this.events.postpone(tx, idsOf(held), until, { attempts: 0, reason });
        return applied;
      }),
    );
    this.projector.count(reconciliation);
    return reconciliation.changes.length;
  }

  /** The next attempt comes later after each failure. */
  private async noteFailure(
    company: QboCompany,
    events: readonly PendingEvent[],
    error: QboError,
  ): Promise<void> {
    const { orgId } = company;
    const attempts = Math.max(...events.map((event) => event.attempts)) + 1;
    const askedMs = (error.detail.retryAfterSeconds ?? 0) * 1000;
    const delayMs = Math.max(askedMs, delayAfterMs(error.kind, attempts, Math.random()));
    const until = new Date(this.clock.now().getTime() + delayMs);
    await this.events.postpone(this.dataSource.manager, idsOf(events), until, {
      attempts,
      reason: error.message,
    });
    this.metrics.count('crm_invoice_sync_errors_total', { org_id: orgId, stage: syncErrorStage(error) });
    this.logger.warn(
      { err: error, orgId, events: events.length, attempts },
      'QuickBooks events have to wait',
    );
  }
}

function idsOf(events: readonly PendingEvent[]): string[] {
  return events.map((event) => event.eventId);
}
