import { Injectable, Logger } from '@nestjs/common';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboCustomer } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import type { Outcome } from '../../operations/operation-handler.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { lastFailureOf } from '../../operations/retry-answer.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from './customer-links.repository.js';
import { CustomerOperationHandlersService } from './customer-operation-handlers.service.js';
import { type FollowUp, over, type Sending } from './customer-follow-up.js';
import type { PlanHints } from './plan/customer-plan.js';
import { CustomerPlannerService } from './plan/customer-planner.service.js';
import { type CustomerSync, inactiveCustomer, NOT_CONNECTED, skipped } from './customer-sync.js';
import { CurrencyCustomerChangesService } from './currencies/currency-customer-changes.service.js';
import { DuplicateCustomerNameService } from './duplicate-customer-name.service.js';
import { StaleCustomerService } from './stale-customer.service.js';

/** A change made anew because somebody was faster is made so often at most. */
const ROUNDS_MAX = 4;

/**
 * Brings a customer and its changes to QuickBooks. Promise: however often and however many at once ask, there is one
 * customer; only what the CRM changed since it last sent is sent; one that may be in QuickBooks already is not made
 * before a person decided. Without a connection it is skipped.
 */
@Injectable()
export class CustomerSyncService {
  private readonly logger = new Logger(CustomerSyncService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly planner: CustomerPlannerService,
    private readonly handlers: CustomerOperationHandlersService,
    private readonly duplicateNames: DuplicateCustomerNameService,
    private readonly staleTokens: StaleCustomerService,
    private readonly currencyChanges: CurrencyCustomerChangesService,
    private readonly runner: OperationRunnerService,
    private readonly links: CustomerLinksRepository,
    private readonly metrics: MetricsService,
    private readonly operationJobs: OperationJobsService,
  ) {}

  @JobHandler('qbo.customer.create')
  async goOn({ orgId, customerId }: QueuePayloads['qbo.customer.create']): Promise<void> {
    const subject = { orgId, entityId: customerId };
    const due =
      (await this.operationJobs.hasDue({ ...subject, kind: 'customer.create' })) ||
      (await this.operationJobs.hasDue({ ...subject, kind: 'customer.update' }));
    if (due) await this.ensureInQbo(orgId, customerId);
  }

  /**
   * Makes sure the customer is in QuickBooks as the CRM knows it. QuickBooks' failures are an answer, not an exception.
   * Throws not found for a customer that is not in this organisation.
   */
  async ensureInQbo(orgId: number, customerId: number): Promise<CustomerSync> {
    const sync = await this.sync(orgId, customerId);
    this.count(orgId, sync.result);
    return sync;
  }

  /**
   * The same where a person asks for it: one that is inactive here and not there is not made, as no proposal is made
   * for it. An invoice that was agreed on before is another matter.
   */
  async ensureAsked(orgId: number, customerId: number): Promise<CustomerSync> {
    const customer = await this.links.get(orgId, customerId);
    const company = await this.connections.company(orgId);
    const isHere = customer.isActive || customer.isErased;
    if (isHere || !company || linkInto(company, customer)) return this.ensureInQbo(orgId, customerId);
    this.count(orgId, 'skipped');
    return skipped('excluded', inactiveCustomer(customerId));
  }

  /** The same as `ensureInQbo`, not counted. */
  async sync(orgId: number, customerId: number, hints: PlanHints = {}): Promise<CustomerSync> {
    const customer = await this.links.get(orgId, customerId);
    const company = await this.connections.company(orgId);
    if (!company) return NOT_CONNECTED;
    return this.inCurrencies(company, customerId, await this.syncInto(company, customer, hints));
  }

  /** Goes on after an operation that was run. Answers as `sync` does. */
  async finish(
    company: QboCompany,
    customer: LinkableCustomer,
    plan: Sending,
    outcome: Outcome<QboCustomer>,
    hints: PlanHints,
  ): Promise<CustomerSync> {
    try {
      const next = await this.followUp(company, customer, plan, outcome, hints);
      if (next.kind === 'over') return await this.inCurrencies(company, customer.id, next.sync);
      const now = await this.links.get(company.orgId, customer.id);
      const sync = await this.syncInto(company, now, next.hints);
      return await this.inCurrencies(company, customer.id, sync);
    } catch (error) {
      return this.failed(company, customer, error);
    }
  }

  /** Counts a sync that is over. */
  count(orgId: number, result: CustomerSync['result']): void {
    this.metrics.count('crm_qbo_customer_sync_total', { org_id: orgId, result });
  }

  failed(company: QboCompany, customer: LinkableCustomer, error: unknown): CustomerSync {
    if (!(error instanceof QboError)) throw error;
    this.logger.warn({ err: error, orgId: company.orgId, customerId: customer.id }, 'customer_sync failed');
    const qboCustomerId = linkInto(company, customer)?.qboCustomerId ?? null;
    return { ok: false, result: 'error', qboCustomerId, error: error.message, failure: error };
  }

  /** The records in foreign currencies follow once that of the home currency did. */
  private async inCurrencies(
    company: QboCompany,
    customerId: number,
    sync: CustomerSync,
  ): Promise<CustomerSync> {
    if (!sync.ok) return sync;
    try {
      await this.currencyChanges.send(company, customerId);
      return sync;
    } catch (error) {
      return this.failed(company, await this.links.get(company.orgId, customerId), error);
    }
  }

  /** `customer` was read just now; before each round after the first it is read again. */
  private async syncInto(
    company: QboCompany,
    customer: LinkableCustomer,
    known: PlanHints,
  ): Promise<CustomerSync> {
    try {
      let hints = known;
      for (let round = 1; round <= ROUNDS_MAX; round += 1) {
        const current = round === 1 ? customer : await this.links.get(company.orgId, customer.id);
        const plan = await this.planner.plan(company, current, hints);
        if (plan.kind === 'settled') return reported(plan.sync, hints);
        const outcome = await this.run(company, current, plan.operation, hints);
        const next = await this.followUp(company, current, plan, outcome, hints);
        if (next.kind === 'over') return reported(next.sync, hints);
        hints = { ...next.hints, isMade: hints.isMade || next.hints.isMade };
      }
      throw notYet(undefined);
    } catch (error) {
      return this.failed(company, customer, error);
    }
  }

  private run(
    company: QboCompany,
    customer: LinkableCustomer,
    operation: Sending['operation'],
    { options }: PlanHints,
  ): Promise<Outcome<QboCustomer>> {
    return this.runner.run(operation, this.handlers.of(company, customer, operation.kind, options));
  }

  private async followUp(
    company: QboCompany,
    customer: LinkableCustomer,
    { operation, earlier, adopted }: Sending,
    outcome: Outcome<QboCustomer>,
    { options }: PlanHints,
  ): Promise<FollowUp> {
    if (outcome.kind === 'busy') return this.afterAnother(company, customer, operation, options);
    if (outcome.kind === 'done') {
      const qboCustomerId = outcome.made.id;
      const isMade = operation.kind === 'customer.create';
      // What was stored before may not be what the CRM says now.
      if (earlier) return { kind: 'again', hints: { options, isMade } };
      if (isMade) return over({ ok: true, result: 'created', qboCustomerId });
      return over({ ok: true, result: 'updated', qboCustomerId, ...(adopted ? { adopted } : {}) });
    }
    const { error } = outcome;
    if (error?.kind === 'duplicate_name') {
      return this.duplicateNames.followUp(company, customer, operation, error, options);
    }
    if (error?.kind === 'stale') return this.staleTokens.followUp(company, customer, options);
    throw error ?? notYet(undefined);
  }

  /** Another worker was at it. */
  private async afterAnother(
    company: QboCompany,
    customer: LinkableCustomer,
    operation: Sending['operation'],
    options: PlanHints['options'],
  ): Promise<FollowUp> {
    const row = await this.runner.waitFor(operation);
    const link = linkInto(company, await this.links.get(company.orgId, customer.id));
    if (operation.kind === 'customer.update' && row.state !== 'sent' && row.state !== 'uncertain') {
      return { kind: 'again', hints: { options } };
    }
    if (!link || operation.kind === 'customer.update') throw notYet(lastFailureOf(row));
    return over({ ok: true, result: 'updated', qboCustomerId: link.qboCustomerId });
  }
}

/** One that was made is created, also where it was changed right after. */
function reported(sync: CustomerSync, { isMade }: PlanHints): CustomerSync {
  return isMade && sync.ok ? { ok: true, result: 'created', qboCustomerId: sync.qboCustomerId } : sync;
}

function notYet(why: string | null | undefined): QboError {
  const message = why ?? 'QuickBooks has not answered yet; this is tried again by itself.';
  return new QboError('uncertain', message, { operation: 'customer.create' });
}
