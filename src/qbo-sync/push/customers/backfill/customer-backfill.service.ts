import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { OrgsService } from '../../../../orgs/orgs.service.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { type BackfillStats, emptyStats, withResult } from './backfill-summary.js';
import { CustomerLinksRepository } from '../customer-links.repository.js';
import { type CustomerSyncItem, CustomerBatchSyncService } from '../batch/customer-batch-sync.service.js';

const CUSTOMERS_PER_ROUND = 300;

export interface BackfillPlan {
  orgId: number;
  /** Customers per call, at most 30. */
  perCall: number;
  /** Ends it after the call that is under way. */
  signal: AbortSignal;
  /** Told after each call, and with the instant while it waits. */
  onProgress: (stats: BackfillStats, waitingUntil: Date | null) => void;
}

export interface BackfillEnd {
  stats: BackfillStats;
  /** Customers it did not get to, because it was ended. */
  left: number;
  failures: { customerId: number; error: string }[];
}

/**
 * Brings every active customer of an organisation into QuickBooks that is not there yet. Promise: whenever it is ended
 * and begun again, it goes on with those that are left and makes no second customer; what passes is waited for.
 */
@Injectable()
export class CustomerBackfillService {
  constructor(
    private readonly orgs: OrgsService,
    private readonly connections: ConnectionService,
    private readonly links: CustomerLinksRepository,
    private readonly batchSync: CustomerBatchSyncService,
    private readonly clock: Clock,
  ) {}

  /** How many customers there are to bring in. Throws not found, and QboError where no company is connected. */
  async count(orgId: number): Promise<number> {
    return this.links.countUnlinked(await this.companyOf(orgId));
  }

  /** Throws the same. */
  async run(plan: BackfillPlan): Promise<BackfillEnd> {
    const company = await this.companyOf(plan.orgId);
    const queue = new Queue(company, this.links);
    let stats = emptyStats(await this.links.countUnlinked(company));
    const failures: BackfillEnd['failures'] = [];
    while (!plan.signal.aborted) {
      const asked = await queue.take(this.clock.now());
      const pauseUntil = await this.batchSync.run(plan.orgId, asked, {
        perCall: plan.perCall,
        stop: () => plan.signal.aborted,
        report: async (outcomes) => {
          for (const [customerId, outcome] of outcomes) {
            if (!outcome.final) {
              queue.putBack(customerId, outcome.at);
              continue;
            }
            queue.drop(customerId);
            stats = withResult(stats, outcome);
            const { because, error } = outcome;
            if (error !== null && (because ?? 'not_connected') === 'not_connected') {
              failures.push({ customerId, error });
            }
          }
          plan.onProgress(stats, null);
        },
      });
      const waitUntil = pauseUntil ?? (asked.length === 0 ? queue.nextAt() : this.clock.now());
      if (waitUntil === null) break;
      if (waitUntil <= this.clock.now()) continue;
      plan.onProgress(stats, waitUntil);
      const waitMs = waitUntil.getTime() - this.clock.now().getTime();
      await pause(waitMs, undefined, { signal: plan.signal }).catch(() => {});
    }
    const unlinked = plan.signal.aborted ? await this.links.countUnlinked(company) : 0;
    return { stats, left: Math.max(unlinked - stats.failed - stats.undecided, 0), failures };
  }

  /** Nothing is connected where there is no organisation, either: that is no advice to who mistyped its id. */
  private async companyOf(orgId: number): Promise<QboCompany> {
    await this.orgs.getNamed(orgId);
    return this.connections.requireCompany(orgId);
  }
}

/** The customers of one run: those to be tried again, then the ones not seen yet, in the order of their ids. */
class Queue {
  private readonly open = new Map<number, { attempts: number; at: Date }>();
  private lastId = 0;

  constructor(
    private readonly company: QboCompany,
    private readonly links: CustomerLinksRepository,
  ) {}

  /** Those that are due, and new ones as there is room. */
  async take(now: Date): Promise<CustomerSyncItem[]> {
    const due = [...this.open].filter(([, { at }]) => at <= now).slice(0, CUSTOMERS_PER_ROUND);
    const room = CUSTOMERS_PER_ROUND - this.open.size;
    const fresh = room > 0 ? await this.links.listUnlinked(this.company, this.lastId, room) : [];
    for (const id of fresh) this.open.set(id, { attempts: 0, at: now });
    this.lastId = fresh.at(-1) ?? this.lastId;
    return [...due.map(([id]) => id), ...fresh].map((customerId) => ({
      customerId,
      attempts: this.open.get(customerId)!.attempts,
    }));
  }

  putBack(customerId: number, at: Date): void {
    const attempts = (this.open.get(customerId)?.attempts ?? 0) + 1;
    this.open.set(customerId, { attempts, at });
  }

  drop(customerId: number): void {
    this.open.delete(customerId);
  }

  /** When the next one is due; null where none is open. */
  nextAt(): Date | null {
    const instants = [...this.open.values()].map(({ at }) => at.getTime());
    return instants.length === 0 ? null : new Date(Math.min(...instants));
  }
}
