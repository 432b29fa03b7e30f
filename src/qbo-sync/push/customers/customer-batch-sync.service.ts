import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { type CallResult, RETRY_READS } from '../../api/pipeline/qbo-http-pipeline.service.js';
import type { CustomerAnswers, CustomerRequest } from '../../api/mappers/customer-batch.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { QboClient } from '../../api/qbo.client.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { type CallEnd, CustomerBatchCallsRepository } from './customer-batch-calls.repository.js';
import { CustomerWriteBatcher } from './customer-write-batcher.js';
import { CustomerLinksRepository, linkInto } from './customer-links.repository.js';
import { type CustomerOutcome, NOT_FOUND, outcomeOf, pauseAfter } from './customer-outcome.js';
import { type CustomerRoute, routeOf } from './customer-route.js';
import { type CustomerSync, CustomerSyncService } from './customer-sync.service.js';
import { PendingCustomerCreatesRepository } from './pending-customer-creates.repository.js';
import type { CustomerWriter } from './customer-writer.js';
import { forEachConcurrent, chunk } from '../../../platform/concurrency/for-each-concurrent.js';

const ALONE_AT_ONCE = 5;
const ALONE_PER_LEG = 30;
/** Longer than a batch waits between two attempts of one customer. */
const KEEP_TOGETHER_MS = 600_000;
const OPEN = new Set(['ready', 'sent', 'uncertain', 'done']);

/** A customer to be brought into the books, and how often that was tried before. */
export interface AskedCustomer {
  customerId: number;
  attempts: number;
}

export type CustomerOutcomes = ReadonlyMap<number, CustomerOutcome>;

export interface RoundPlan {
  /** How many go in one call, at most 30. */
  together: number;
  /** Takes what came of some of them, before the next are begun. */
  report: (outcomes: CustomerOutcomes) => Promise<void>;
  /** True when nothing more is to be begun. */
  stop: () => boolean;
}

/**
 * Brings many customers into the books, as many in one call as QuickBooks takes. Promise: each goes the way of
 * CustomerSyncService, so that a batch and any number of single syncs make one customer; only what differs is sent, and
 * a customer that is in step costs no call. Whatever went wrong with one is looked into for that one alone.
 */
@Injectable()
export class CustomerBatchSyncService {
  private readonly logger = new Logger(CustomerBatchSyncService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly customers: CustomerSyncService,
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
    private readonly wishes: PendingCustomerCreatesRepository,
    private readonly calls: CustomerBatchCallsRepository,
    private readonly clock: Clock,
  ) {}

  /** Tries each of them once. Answers until when nothing should be sent, or null where nothing stands in the way. */
  async run(orgId: number, asked: readonly AskedCustomer[], plan: RoundPlan): Promise<Date | null> {
    const routes = await this.routes(orgId, asked);
    const of = (route: CustomerRoute): AskedCustomer[] =>
      asked.filter(({ customerId }) => routes.get(customerId) === route);
    await plan.report(new Map(of('nowhere').map(({ customerId }) => [customerId, NOT_FOUND])));
    const legs = [
      ...chunk(of('alone'), ALONE_PER_LEG).map((some) => () => this.alone(orgId, some)),
      ...chunk(of('together'), plan.together).map((some) => () => this.together(orgId, some)),
    ];
    for (const leg of legs) {
      if (plan.stop()) return null;
      const outcomes = await leg();
      await plan.report(outcomes);
      const pauseUntil = pauseAfter([...outcomes.values()], this.clock.now());
      if (pauseUntil) return pauseUntil;
    }
    return null;
  }

  private async routes(
    orgId: number,
    asked: readonly AskedCustomer[],
  ): Promise<ReadonlyMap<number, CustomerRoute>> {
    const ids = asked.map(({ customerId }) => customerId);
    const company = await this.connections.company(orgId);
    const customers = new Map((await this.links.list(orgId, ids)).map((one) => [one.id, one]));
    const wishes = await this.wishes.listNewest(orgId, ids);
    const inDoubt = new Set(wishes.filter((wish) => wish.inDoubt).map((wish) => wish.customerId));
    return new Map(
      ids.map((id) => {
        const customer = customers.get(id) ?? null;
        const link = company && customer ? linkInto(company, customer) : null;
        return [id, routeOf(company, { customer, link, inDoubt: inDoubt.has(id) })];
      }),
    );
  }

  private async alone(orgId: number, asked: readonly AskedCustomer[]): Promise<CustomerOutcomes> {
    const syncs = new Map<number, CustomerSync | null>();
    await forEachConcurrent(asked, ALONE_AT_ONCE, async ({ customerId }) => {
      syncs.set(customerId, await this.sync(orgId, customerId, this.client));
    });
    return this.outcomes(orgId, asked, syncs);
  }

  private async together(orgId: number, asked: readonly AskedCustomer[]): Promise<CustomerOutcomes> {
    const carriage = new CustomerWriteBatcher(
      (company, requests, customers) => this.send(company, requests, customers),
      this.client,
    );
    const seats = asked.map(({ customerId }) => ({ customerId, seat: carriage.seat(customerId) }));
    const syncs = await Promise.all(
      seats.map(async ({ customerId, seat }) => {
        const sync = await this.sync(orgId, customerId, seat).finally(() => seat.leave());
        return [customerId, sync] as const;
      }),
    );
    return this.outcomes(orgId, asked, new Map(syncs));
  }

  private async send(
    company: QboCompany,
    requests: readonly CustomerRequest[],
    customers: Readonly<Record<string, number>>,
  ): Promise<CallResult<CustomerAnswers>> {
    const requestId = randomUUID();
    await this.calls.begin(company, requestId, customers);
    try {
      const answer = await this.client.batchCustomers(company, requests, requestId);
      await this.noteEnd(company, requestId, { intuitTid: answer.intuitTid });
      return answer;
    } catch (error) {
      if (error instanceof QboError) {
        await this.noteEnd(company, requestId, { kind: error.kind, intuitTid: error.detail.intuitTid });
      }
      throw error;
    }
  }

  /** That a call is over is for people: where it cannot be written down, its answers count all the same. */
  private async noteEnd(company: QboCompany, requestId: string, end: CallEnd): Promise<void> {
    try {
      await this.calls.end(company, requestId, end);
    } catch (failure) {
      this.logger.warn(failure);
    }
  }

  /** Null where there is no such customer. What is not QuickBooks' doing concerns this customer alone, too. */
  private async sync(
    orgId: number,
    customerId: number,
    writer: CustomerWriter,
  ): Promise<CustomerSync | null> {
    try {
      return await this.customers.sync(orgId, customerId, writer, RETRY_READS);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not_found') return null;
      this.logger.error({ err: error, orgId, customerId }, 'A customer of a batch could not be synced');
      const failure = new QboError('transient', 'Something went wrong on our side; it is tried again.', {
        operation: 'customer.batch',
        cause: error,
      });
      return { ok: false, result: 'error', qboCustomerId: null, error: failure.message, failure };
    }
  }

  private async outcomes(
    orgId: number,
    asked: readonly AskedCustomer[],
    syncs: ReadonlyMap<number, CustomerSync | null>,
  ): Promise<CustomerOutcomes> {
    const failed = asked.filter(({ customerId }) => syncs.get(customerId)?.ok === false);
    const wishes = await this.wishes.listNewest(
      orgId,
      failed.map(({ customerId }) => customerId),
    );
    const stateOf = new Map(wishes.map(({ customerId, state }) => [customerId, state]));
    const now = this.clock.now();
    const outcomes = new Map<number, CustomerOutcome>();
    for (const { customerId, attempts } of asked) {
      const sync = syncs.get(customerId) ?? null;
      const open = sync?.qboCustomerId != null || OPEN.has(stateOf.get(customerId) ?? 'ready');
      const standing = { attempts: attempts + 1, open, now, random: Math.random() };
      outcomes.set(customerId, sync === null ? NOT_FOUND : outcomeOf(sync, standing));
    }
    const again = [...outcomes].flatMap(([id, outcome]) => (outcome.over ? [] : [{ id, at: outcome.at }]));
    const lastMs = Math.max(...again.map(({ at }) => at.getTime()));
    if (again.length > 0) {
      const ids = again.map(({ id }) => id);
      await this.wishes.keepTogether(orgId, ids, new Date(lastMs + KEEP_TOGETHER_MS));
    }
    return outcomes;
  }
}
