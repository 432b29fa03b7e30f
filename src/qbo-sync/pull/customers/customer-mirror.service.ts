import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { Clock } from '../../../platform/time/clock.js';
import { isTooLongToRead, QboError } from '../../api/errors/qbo-error.js';
import { OVERLAP_MS } from '../../api/model/overlap.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboChanges, QboCustomers } from '../../api/model/qbo-objects.js';
import { walkPages } from '../../api/page-walk.js';
import type { CallOptions } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { Refusals } from '../../api/errors/refusals.js';
import { CustomerMirrorsRepository, MIRROR_LEASE } from './customer-mirrors.repository.js';
import { LinkedProfilesRepository } from './linked-profiles.repository.js';
import { mirrored } from './mirrored-customer.js';
import { QboCustomersRepository } from './qbo-customers.repository.js';
import { after } from '../../../platform/time/after.js';

/** A filling by another process is looked at so often. */
const WAIT_STEP_MS = 200;

/**
 * Keeps a mirror of the customers of each connected company, to find ours among them without asking for each. It is
 * filled once by pages of 1,000 (one metered read each) when a company is connected; then changes come with the change
 * feed of its poll, and one call before customers are made reads what came since.
 */
@Injectable()
export class CustomerMirrorService implements OnModuleInit {
  private readonly logger = new Logger(CustomerMirrorService.name);
  /** Refreshes under way, by company: who comes meanwhile shares the one. */
  private readonly running = new Map<string, Promise<void>>();
  private readonly refusals = new Refusals();

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboClient,
    private readonly connections: ConnectionService,
    private readonly mirrors: CustomerMirrorsRepository,
    private readonly customers: QboCustomersRepository,
    private readonly profiles: LinkedProfilesRepository,
    private readonly leases: LeasesService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.connections.onConnected(this, async (tx, company) => {
      await this.mirrors.introduce(tx, company);
      await this.jobs.enqueue(tx, 'qbo.customers.mirror', { orgId: company.orgId });
    });
  }

  @JobHandler('qbo.customers.mirror')
  async fillWhereConnected({ orgId }: QueuePayloads['qbo.customers.mirror']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (company) await this.ensureFilled(company);
  }

  /** Reads what changed since the last look, in one call; fills the mirror where it is not. Throws QboError. */
  async refresh(company: QboCompany, options?: CallOptions): Promise<void> {
    const key = keyOf(company);
    const running =
      this.running.get(key) ?? this.catchUp(company, options).finally(() => this.running.delete(key));
    this.running.set(key, running);
    await running;
  }

  /** Fills the mirror where it never was. Throws QboError. */
  async ensureFilled(company: QboCompany): Promise<void> {
    if ((await this.mirrors.changedSince(company)) === null) await this.fill(company, null);
  }

  /**
   * The same for whoever goes on without where QuickBooks refuses: who a document is with cannot be told from a merge
   * then, as of a customer that was never read. Throws QboError where it may be asked again soon.
   */
  async tryFilled(company: QboCompany): Promise<void> {
    await this.unlessRefused(company, () => this.ensureFilled(company));
  }

  /** The same of what changed since they were last read, where they were. */
  async tryRefreshed(company: QboCompany, options?: CallOptions): Promise<void> {
    if ((await this.mirrors.changedSince(company)) !== null)
      await this.unlessRefused(company, () => this.refresh(company, options));
  }

  private async unlessRefused(company: QboCompany, read: () => Promise<void>): Promise<void> {
    const now = this.clock.now();
    if (this.refusals.has(company, now)) return;
    try {
      await read();
    } catch (error) {
      const isRefused = error instanceof QboError && (!error.facts.retryable || error.kind === 'malformed');
      if (!isRefused) throw error;
      this.refusals.note(company, now);
      this.logger.warn({ err: error, orgId: company.orgId }, 'The customers of a company could not be read');
    }
  }

  /** Takes in what the change feed of `since` says of customers. One that was cut off has the mirror filled anew. */
  async apply(tx: EntityManager, company: QboCompany, since: Date, changes: QboChanges): Promise<void> {
    const there = changes.customers.flatMap((change) => (change.deleted ? [] : [change.object]));
    const gone = changes.customers.filter((change) => change.deleted).map(({ id }) => id);
    await this.customers.upsert(tx, company, there.map(mirrored));
    await this.customers.remove(tx, company, gone);
    await this.profiles.refresh(tx, company, there);
    if (changes.complete) await this.mirrors.advance(tx, company, since, overlapBefore(changes.asOf));
  }

  private async catchUp(company: QboCompany, options?: CallOptions): Promise<void> {
    const since = await this.mirrors.changedSince(company);
    if (since === null) return this.fill(company, null);
    const changes = await this.client
      .customerChangesSince(company, since, options)
      .catch((error: unknown) => {
        // It was not read for more than the 30 days that the feed looks back, or they say too much.
        if (isTooLongToRead(error)) return null;
        if (error instanceof QboError && (error.kind === 'validation' || error.kind === 'not_found'))
          return null;
        throw error;
      });
    if (!changes?.complete) return this.fill(company, since);
    await this.dataSource.transaction((tx) => this.apply(tx, company, since, changes));
  }

  /**
   * Reads all customers, unless another process is at it: then waits for that one, also where it has taken over from
   * this one, which slept. `seen` is the mirror's cursor as it was when the need was found; where it is another by now,
   * somebody has read them since.
   */
  private async fill(company: QboCompany, seen: Date | null): Promise<void> {
    await this.mirrors.introduce(this.dataSource.manager, company);
    for (;;) {
      const lease = await this.leases.take(MIRROR_LEASE, [company.orgId, company.realmId]);
      if (lease) {
        try {
          const filled = await this.mirrors.changedSince(company);
          if (filled?.getTime() !== seen?.getTime()) return;
          if (await this.leases.keep(lease, (lost) => this.readAll(company, lost))) return;
        } finally {
          await this.leases.release(lease);
        }
      }
      await pause(WAIT_STEP_MS);
    }
  }

  /** False where another has it now: whoever makes customers by what is known so far would make some twice. */
  private async readAll(company: QboCompany, lost: AbortSignal): Promise<boolean> {
    const before = this.clock.now();
    let asOf: Date | null = null;
    const listed: string[] = [];
    const list = (start: number): Promise<QboCustomers> => this.client.customers.list(company, start);
    for await (const { page } of walkPages(list, ({ ids }) => ids)) {
      for (const { id, reason } of page.unreadable) {
        this.logger.warn({ orgId: company.orgId, qboCustomerId: id, reason }, 'Could not read a customer');
      }
      await this.customers.upsert(this.dataSource.manager, company, page.customers.map(mirrored));
      listed.push(...page.ids);
      asOf ??= page.asOf;
      if (lost.aborted) return false;
    }
    await this.customers.removeMissing(company, { listed, before });
    await this.mirrors.markFilled(this.dataSource.manager, company, overlapBefore(asOf!));
    return true;
  }
}

function keyOf({ orgId, realmId }: QboCompany): string {
  return `${orgId}:${realmId}`;
}

function overlapBefore(asOf: Date): Date {
  return after(asOf, -OVERLAP_MS);
}
