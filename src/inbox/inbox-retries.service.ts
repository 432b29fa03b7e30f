import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { VendorError } from '../platform/errors/vendor-error.js';
import { DueRows } from '../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../jobs/jobs.service.js';
import { LeasesService } from '../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../jobs/queue/queue-payloads.js';
import { InboxHistoryRepository } from './inbox-history.repository.js';
import type { InboxItem } from './inbox-item.js';
import { InboxItemsRepository, RETRY_LEASE, TRIED_NOW_LEASE } from './inbox-items.repository.js';
import { InboxRepository } from './inbox.repository.js';
import type { InboxCode } from '../messages/inbox-messages.js';
import { ResolutionsService } from './resolutions.service.js';
import { type BulkRetryableItem, bulkRetryableOf } from './bulk-retryable.js';
import { type QueuedCounts, RETRIES_PER_REQUEST_MAX } from './queued-words.js';

/** What asking for all of a kind came to. */
export interface QueuedRetries {
  code: InboxCode;
  queued: number[];
  /** The oldest that are not, at most as many as one request takes. */
  left: BulkRetryableItem[];
  /** There are more to take than one request takes; ask again. */
  more: boolean;
  counts: QueuedCounts;
}

/**
 * Tries again what waits for a person, one or all of a kind. Promise: each retry stands in the item's history with who
 * asked for it and what came of it, and asking twice at once does not try twice.
 */
@Injectable()
export class InboxRetriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly items: InboxItemsRepository,
    private readonly inbox: InboxRepository,
    private readonly history: InboxHistoryRepository,
    private readonly resolutions: ResolutionsService,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
    private readonly audit: AuditService,
  ) {}

  @DueRows('inbox_items')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.items.listDueRetries(tx, limit);
    return due.map((payload) => ({ name: 'inbox.retry', payload }));
  }

  /** How many open items of each kind `queueAll` would take. */
  async countOfKinds(orgId: number): Promise<Map<string, number>> {
    return this.items.countForRetry(this.dataSource.manager, orgId);
  }

  /** Queues every open item of a kind that may be tried without a look at the vendor first, and names the others. */
  async queueAll({ orgId, userId }: AuthenticatedUser, code: InboxCode): Promise<QueuedRetries> {
    return this.dataSource.transaction(async (tx) => {
      const queued = await this.items.takeForRetry(tx, orgId, code, userId, RETRIES_PER_REQUEST_MAX);
      const jobs = queued.map((itemId) => ({ orgId, itemId }));
      await this.jobs.enqueueAll(tx, 'inbox.retry', jobs);
      const deed = { action: 'inbox.retry_all_requested', subject: `inbox:${code}` } as const;
      await this.audit.record(tx, orgId, { ...deed, after: { items: queued } });
      const { takeable, ...others } = await this.items.countOthers(tx, orgId, code, queued);
      const more = takeable > 0;
      const kept = await this.items.listNotTaken(tx, orgId, code, queued, RETRIES_PER_REQUEST_MAX);
      const left = kept.map(bulkRetryableOf).filter((item) => item !== null);
      return { code, queued, left, more, counts: { tried: queued.length, ...others, more } };
    });
  }

  /**
   * Tries one item again, now. Answers why it is still open; null when it came right. Throws where too much was asked
   * for already.
   */
  async run(item: InboxItem, userId: number | null): Promise<string | null> {
    const { id: itemId, orgId } = item;
    const { manager } = this.dataSource;
    const eventId = await this.history.note(manager, { orgId, itemId, event: 'retried', userId });
    let error: string | null;
    try {
      error = await this.resolutions.retry(item).catch(sentenceOf);
    } catch (bug) {
      const why = isTooMuch(bug) ? bug.message : 'It failed here, not at the vendor.';
      await this.history.finishRetry(manager, orgId, eventId, 'open', why);
      throw bug;
    }
    return this.dataSource.transaction(async (tx) => {
      if (error === null) await this.inbox.resolveItem(tx, orgId, itemId);
      const still = await this.items.findOpenForUpdate(tx, orgId, itemId);
      const reason = still ? (error ?? still.reason) : null;
      await this.history.finishRetry(tx, orgId, eventId, still ? 'open' : 'resolved', reason);
      return reason;
    });
  }

  /**
   * The same of one that a person asks for: the item is held meanwhile, unless somebody else is at it. `assertOpen`
   * throws where it was closed since it was read.
   */
  async runNow(item: InboxItem, userId: number, assertOpen: () => Promise<unknown>): Promise<string | null> {
    const lease = await this.leases.take(TRIED_NOW_LEASE, [item.orgId, item.id]);
    if (!lease) {
      await assertOpen();
      return this.run(item, userId);
    }
    try {
      return await this.leases.keep(lease, () => this.run(item, userId));
    } finally {
      await this.items.endRetry(this.dataSource.manager, lease);
    }
  }

  /** The retry of an item that was queued with others. A worker that dies on the way leaves it to the next one. */
  @JobHandler('inbox.retry')
  async runQueued({ orgId, itemId }: QueuePayloads['inbox.retry']): Promise<void> {
    const lease = await this.leases.take(RETRY_LEASE, [orgId, itemId]);
    if (!lease) return;
    try {
      const item = await this.items.find(this.dataSource.manager, orgId, itemId);
      if (item) await this.leases.keep(lease, () => this.run(item, item.retryQueuedBy));
    } catch (error) {
      if (!isTooMuch(error)) throw error;
    } finally {
      await this.items.endRetry(this.dataSource.manager, lease);
    }
  }
}

function isTooMuch(error: unknown): error is DomainError {
  return error instanceof DomainError && error.kind === 'too_many_requests';
}

function sentenceOf(error: unknown): string {
  if (isTooMuch(error)) throw error;
  if (error instanceof VendorError || error instanceof DomainError) return error.message;
  throw error;
}
