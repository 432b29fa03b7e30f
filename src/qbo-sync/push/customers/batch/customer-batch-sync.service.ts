import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { chunk, forEachConcurrent } from '../../../../platform/concurrency/for-each-concurrent.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { CustomerRequest } from '../../../api/mappers/writing/customer-batch.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboCustomer } from '../../../api/model/qbo-objects.js';
import { RETRY_READS } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import type { PreparedOperation } from '../../../operations/rows/operation.entity.js';
import type { WriteAnswer } from '../../../operations/operation-handler.js';
import { OperationRunnerService } from '../../../operations/operation-runner.service.js';
import { type CallEnd, CustomerBatchCallsRepository } from './customer-batch-calls.repository.js';
import { CustomerLinksRepository, type LinkableCustomer } from '../customer-links.repository.js';
import {
  CustomerOperationHandlersService,
  type CustomerOperationKind,
  isUpdate,
} from '../customer-operation-handlers.service.js';
import { CustomerOperationsRepository } from '../plan/customer-operations.repository.js';
import { type CustomerOutcome, NOT_FOUND, outcomeOf, pauseAfter } from '../customer-outcome.js';
import { CustomerPlannerService } from '../plan/customer-planner.service.js';
import { CustomerSurveyService, type SurveyedCustomer } from '../plan/customer-survey.service.js';
import type { CustomerSync } from '../customer-sync.js';
import type { Sending } from '../customer-follow-up.js';
import { CustomerSyncService } from '../customer-sync.service.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { isPending } from '../../../operations/operation-state.js';

const AT_ONCE = 5;
const SINGLES_PER_STEP = 30;
/** Longer than a batch waits between two attempts of one customer. */
const KEEP_FOR_BATCH_MS = 600_000;

/** A customer to be synced, and how often that was tried before. */
export interface CustomerSyncItem {
  customerId: number;
  attempts: number;
}

export type CustomerOutcomes = ReadonlyMap<number, CustomerOutcome>;

export interface BatchSyncOptions {
  /** How many go in one call, at most 30. */
  perCall: number;
  /** Takes the outcome of some of them, before the next are begun. */
  report: (outcomes: CustomerOutcomes) => Promise<void>;
  /** True when nothing more is to be begun. */
  stop: () => boolean;
}

/** What a single sync and a call answered, by customer; null where there is no such customer. */
type Syncs = Map<number, CustomerSync | null>;

/**
 * Brings many customers to QuickBooks, as many in one call as it takes: compares all, cuts what is to be sent into
 * calls, and takes in each answer. Promise: each goes by the plan of a single sync, so that a batch and any number of
 * single syncs make one customer; a customer that is in step costs no call; a failure is looked into for that customer
 * alone.
 */
@Injectable()
export class CustomerBatchSyncService {
  private readonly logger = new Logger(CustomerBatchSyncService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly survey: CustomerSurveyService,
    private readonly planner: CustomerPlannerService,
    private readonly customers: CustomerSyncService,
    private readonly handlers: CustomerOperationHandlersService,
    private readonly runner: OperationRunnerService,
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
    private readonly operations: CustomerOperationsRepository,
    private readonly calls: CustomerBatchCallsRepository,
    private readonly clock: Clock,
  ) {}

  /** Tries each of them once. Answers until when nothing should be sent, or null where nothing stands in the way. */
  async run(
    orgId: number,
    items: readonly CustomerSyncItem[],
    options: BatchSyncOptions,
  ): Promise<Date | null> {
    const company = await this.connections.company(orgId);
    const ids = items.map(({ customerId }) => customerId);
    const surveyed = await this.survey.of(orgId, company, ids, RETRY_READS);
    const of = (route: SurveyedCustomer['route']): CustomerSyncItem[] =>
      items.filter(({ customerId }) => surveyed.get(customerId)!.route === route);
    await options.report(new Map(of('skip').map(({ customerId }) => [customerId, NOT_FOUND])));
    const steps = [
      ...chunk(of('single'), SINGLES_PER_STEP).map((some) => () => this.singles(orgId, some, surveyed)),
      ...chunk(of('batch'), options.perCall).map((some) => () => this.batch(company!, some, surveyed)),
    ];
    for (const step of steps) {
      if (options.stop()) return null;
      const outcomes = await step();
      await options.report(outcomes);
      const pauseUntil = pauseAfter([...outcomes.values()], this.clock.now());
      if (pauseUntil) return pauseUntil;
    }
    return null;
  }

  private async singles(
    orgId: number,
    items: readonly CustomerSyncItem[],
    surveyed: ReadonlyMap<number, SurveyedCustomer>,
  ): Promise<CustomerOutcomes> {
    const syncs: Syncs = new Map();
    await forEachConcurrent(items, AT_ONCE, async ({ customerId }) => {
      const verdict = surveyed.get(customerId)!.verdict ?? undefined;
      const sync = this.customers.sync(orgId, customerId, { verdict, options: RETRY_READS });
      syncs.set(customerId, await this.guarded(orgId, customerId, sync));
    });
    return this.outcomes(orgId, items, syncs);
  }

  private async batch(
    company: QboCompany,
    items: readonly CustomerSyncItem[],
    surveyed: ReadonlyMap<number, SurveyedCustomer>,
  ): Promise<CustomerOutcomes> {
    const { orgId } = company;
    const syncs: Syncs = new Map();
    const sendings: { customer: LinkableCustomer; plan: Sending }[] = [];
    const current = new Map((await this.links.list(orgId, idsOf(items))).map((one) => [one.id, one]));
    await forEachConcurrent(items, AT_ONCE, async ({ customerId }) => {
      const customer = current.get(customerId);
      if (!customer) return void syncs.set(customerId, null);
      const plan = this.plan(company, customer, surveyed.get(customerId)!);
      const settled = await this.guarded(orgId, customerId, plan);
      if (settled === null || 'ok' in settled) syncs.set(customerId, settled);
      else sendings.push({ customer, plan: settled });
    });
    const entries = sendings.map(({ customer, plan: { operation } }) => ({
      key: operation,
      handler: this.handlers.of(company, customer, operation.kind, RETRY_READS),
    }));
    const results = await this.runner.runTogether(entries, (sent) => this.send(company, sent));
    const places = sendings.map((sending, place) => ({ ...sending, outcome: results[place]! }));
    await forEachConcurrent(places, AT_ONCE, async ({ customer, plan, outcome }) => {
      const sync = this.customers.finish(company, customer, plan, outcome, { options: RETRY_READS });
      syncs.set(customer.id, await this.guarded(orgId, customer.id, sync));
    });
    return this.outcomes(orgId, items, syncs);
  }

  private async plan(
    company: QboCompany,
    customer: LinkableCustomer,
    { verdict }: SurveyedCustomer,
  ): Promise<CustomerSync | Sending> {
    try {
      const hints = { verdict: verdict ?? undefined, options: RETRY_READS };
      const plan = await this.planner.plan(company, customer, hints);
      return plan.kind === 'settled' ? plan.sync : plan;
    } catch (error) {
      return this.customers.failed(company, customer, error);
    }
  }

  /** Makes the call that carries these operations; one alone goes under its own request id. */
  private async send(
    company: QboCompany,
    operations: readonly PreparedOperation<CustomerOperationKind>[],
  ): Promise<ReadonlyMap<string, WriteAnswer<QboCustomer>>> {
    const [first, ...others] = operations;
    if (others.length === 0) {
      const answer = await this.handlers.execute(company, first!.payload, first!.requestId);
      return new Map([[first!.id, answer]]);
    }
    const requests = operations.map(({ payload }, place): CustomerRequest => {
      const key = String(place + 1);
      return isUpdate(payload)
        ? { key, operation: 'update', patch: payload.patch }
        : { key, operation: 'create', draft: payload };
    });
    const requestId = randomUUID();
    const pushed = operations.map(({ entityId }, place) => [requests[place]!.key, entityId] as const);
    await this.calls.begin(company, requestId, Object.fromEntries(pushed));
    try {
      const { value: answers, intuitTid } = await this.client.customers.batch(company, requests, requestId);
      await this.noteEnd(company, requestId, { intuitTid });
      return new Map(
        operations.map(({ id }, place) => {
          const answer = answers.get(requests[place]!.key)!;
          return [id, answer instanceof QboError ? answer : { value: answer, intuitTid }];
        }),
      );
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

  /** Null where there is no such customer. A failure that is not QuickBooks' own concerns this customer alone, too. */
  private async guarded<T>(
    orgId: number,
    customerId: number,
    work: Promise<T>,
  ): Promise<T | CustomerSync | null> {
    try {
      return await work;
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
    items: readonly CustomerSyncItem[],
    syncs: ReadonlyMap<number, CustomerSync | null>,
  ): Promise<CustomerOutcomes> {
    const failed = items.filter(({ customerId }) => syncs.get(customerId)?.ok === false);
    const newest = await this.operations.listNewest(orgId, idsOf(failed));
    const creations = newest.filter(({ kind }) => kind === 'customer.create');
    const creationOf = new Map(creations.map((creation) => [creation.entityId, creation]));
    const now = this.clock.now();
    const outcomes = new Map<number, CustomerOutcome>();
    for (const { customerId, attempts } of items) {
      const sync = syncs.get(customerId) ?? null;
      const open = sync?.qboCustomerId != null || isOpen(creationOf.get(customerId));
      const standing = { attempts: attempts + 1, open, now, random: Math.random() };
      outcomes.set(customerId, sync === null ? NOT_FOUND : outcomeOf(sync, standing));
    }
    const again = [...outcomes].flatMap(([id, outcome]) => (outcome.final ? [] : [{ id, at: outcome.at }]));
    const lastMs = Math.max(...again.map(({ at }) => at.getTime()));
    if (again.length > 0) {
      const ids = again.map(({ id }) => id);
      await this.operations.keepForBatch(orgId, ids, new Date(lastMs + KEEP_FOR_BATCH_MS));
    }
    return outcomes;
  }
}

/** True where its creation is done or goes on by itself, or is yet to be written down. */
function isOpen(creation: Pick<OutboundOperation, 'state'> | undefined): boolean {
  return !creation || creation.state === 'done' || isPending(creation);
}

function idsOf(items: readonly CustomerSyncItem[]): number[] {
  return items.map(({ customerId }) => customerId);
}
