import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { QboEventsRepository, type StoredCount } from './qbo-events.repository.js';
import { type NewQboEvent, receivedEventsOf } from './received-events.js';
import { OverBudget, withinBudget } from './time-budget.js';

/** Intuit waits three seconds; half of it leaves it time to hear that it is to come again. */
const BUDGET_MS = 1_500;
/** What is over the budget by so much is given up by the database too, and its connection is free again. */
const STATEMENT_MAX_MS = 2_000;

/** What holds a delivery up is over by then, or its next one is told so. */
const RETRY_SECONDS = 10;

/**
 * Keeps what Intuit tells, once, together with the job that looks into it: one transaction, whatever the delivery
 * holds. Asks nobody else. Where the database is slow it says so instead of waiting, and Intuit sends again.
 */
@Injectable()
export class IntuitWebhookStoreService {
  private readonly logger = new Logger(IntuitWebhookStoreService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly events: QboEventsRepository,
    private readonly jobs: JobsService,
    private readonly metrics: MetricsService,
  ) {}

  /** Keeps a delivery that is proven. Throws unavailable where that takes too long. */
  async keep(raw: Buffer): Promise<void> {
    const events = receivedEventsOf(raw);
    if (events.length === 0) return;
    try {
      await withinBudget(BUDGET_MS, (isOver) => this.store(events, isOver));
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      throw notKeptInTime();
    }
  }

  private async store(events: readonly NewQboEvent[], isOver: () => boolean): Promise<void> {
    const stored = await this.dataSource.transaction(async (tx) => {
      if (isOver()) throw new OverBudget(BUDGET_MS);
      await this.events.limitStatements(tx, STATEMENT_MAX_MS);
      const counts = await this.events.insertOnce(tx, events);
      await this.jobs.enqueueAll(tx, 'qbo.events.process', orgsWithWork(counts));
      await this.jobs.enqueueAll(tx, 'qbo.preflight', orgsWithNewSettings(counts));
      return counts;
    });
    this.count(events.length, stored);
  }

  private count(receivedCount: number, stored: readonly StoredCount[]): void {
    let duplicates = receivedCount;
    for (const { state, count } of stored) {
      duplicates -= count;
      const result = state === 'unknown_realm' || state === 'quarantined' ? state : 'accepted';
      this.metrics.count('crm_qbo_webhook_events_total', { result }, count);
      if (state === 'quarantined') this.logger.error('Intuit sent something that cannot be read');
    }
    if (duplicates > 0)
      this.metrics.count('crm_qbo_webhook_events_total', { result: 'duplicate' }, duplicates);
  }
}

/** Organisations whose company changed its settings, in the same order. */
function orgsWithNewSettings(stored: readonly StoredCount[]): { orgId: number }[] {
  return stored
    .flatMap(({ settingsCount, orgId }) => (settingsCount > 0 && orgId !== null ? [{ orgId }] : []))
    .toSorted(byOrg);
}

/** Organisations with something new to look into, in one order, so that two deliveries cannot deadlock. */
function orgsWithWork(stored: readonly StoredCount[]): { orgId: number }[] {
  return stored
    .flatMap(({ state, orgId }) => (state === 'pending' && orgId !== null ? [{ orgId }] : []))
    .toSorted(byOrg);
}

function byOrg(one: { orgId: number }, other: { orgId: number }): number {
  return one.orgId - other.orgId;
}

function notKeptInTime(): DomainError {
  return new DomainError(
    'unavailable',
    'not_kept_in_time',
    'This was not kept in time. Send it again.',
    undefined,
    { retryAfterSeconds: RETRY_SECONDS },
  );
}
