import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { QboError } from '../../../api/errors/qbo-error.js';
import { isOfCompany, type QboCompany } from '../../../api/model/qbo-company.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../../api/qbo.client.js';
import type { MirroredCustomer } from '../../../pull/customers/mirrored-customer.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { isInHand } from '../../../operations/operation-state.js';
import { BlockedOperationsService } from '../../../operations/questions/blocked-operations.service.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { baseOfMatched } from '../profile/customer-diff.js';
import {
  type CustomerLink,
  CustomerLinksRepository,
  linkInto,
  type LinkableCustomer,
} from '../customer-links.repository.js';
import { CustomerLinkingService } from '../customer-linking.service.js';
import type { CustomerOperation } from './customer-operations.repository.js';
import {
  changeOf,
  type CustomerPlan,
  draftFor,
  type PlanHints,
  planSettledBy,
  planToSend,
  reactivationOf,
} from './customer-plan.js';
import { displayNameOf, profileIn, profileOf } from '../profile/customer-profile.js';
import { skipped } from '../customer-sync.js';
import { CustomerMatcherService, type MatchVerdict } from '../match/customer-matcher.service.js';
import { MatchQuestionsService } from '../match/match-questions.service.js';

const ERASED = 'The personal data of this customer was erased; nothing of it goes to QuickBooks.';

type WriteOperation = (tx: EntityManager) => Promise<CustomerOperation>;

/** A new operation, or a blocked one with its request, and whether the customer is still as it was judged. */
type StoredPlan = { holds: (tx: EntityManager, now: LinkableCustomer) => boolean | Promise<boolean> } & (
  | { insert: WriteOperation }
  | { prepare: WriteOperation }
);

/** Takes back what was written about a customer that somebody changed meanwhile. */
class CustomerChangedError extends Error {}

/**
 * Decides what goes to QuickBooks of a customer and stores it as an operation. Nothing is sent here; reads are the look
 * for one that may be there already, and that of a customer that was linked by hand.
 */
@Injectable()
export class CustomerPlannerService {
  constructor(
    private readonly client: QboClient,
    private readonly operations: OperationsRepository,
    private readonly blocked: BlockedOperationsService,
    private readonly links: CustomerLinksRepository,
    private readonly matcher: CustomerMatcherService,
    private readonly linking: CustomerLinkingService,
    private readonly questions: MatchQuestionsService,
    private readonly dataSource: DataSource,
  ) {}

  /** Throws QboError where a read fails. */
  async plan(company: QboCompany, customer: LinkableCustomer, hints: PlanHints): Promise<CustomerPlan> {
    try {
      return await this.planAsRead(company, customer, hints);
    } catch (error) {
      if (!(error instanceof CustomerChangedError)) throw error;
      const { suffix, options } = hints; // the verdict was about the customer as it was
      return this.plan(company, await this.links.get(company.orgId, customer.id), { suffix, options });
    }
  }

  private async planAsRead(
    company: QboCompany,
    customer: LinkableCustomer,
    hints: PlanHints,
  ): Promise<CustomerPlan> {
    if (customer.isErased) return planSettledBy(skipped('excluded', ERASED));
    const link = linkInto(company, customer);
    return link ? this.planUpdate(company, customer, link, hints) : this.planCreate(company, customer, hints);
  }

  private async planUpdate(
    company: QboCompany,
    customer: LinkableCustomer,
    link: CustomerLink,
    { suffix, options }: PlanHints,
  ): Promise<CustomerPlan> {
    const { orgId, realmId } = company;
    const newest = await this.operations.findNewest('customer.update', orgId, customer.id);
    if (newest?.realmId === realmId && isInHand(newest)) return planToSend(newest, { earlier: true });
    const { qboCustomerId } = link;
    if (!link.base) {
      const found = await this.client.customers.get(company, qboCustomerId, options);
      if (!(await this.linking.takeUp(company, customer, found))) throw new CustomerChangedError();
      link = { ...link, syncToken: found.syncToken, base: baseOfMatched(customer, profileIn(found)) };
    }
    const refused = newest?.state === 'refused' && newest.realmId === realmId ? newest.payload : null;
    const payload = changeOf(customer, { ...link, base: link.base! }, { suffix, refused });
    if (!payload) {
      await this.links.markSeen(orgId, customer.id, qboCustomerId, profileOf(customer));
      return planSettledBy({ ok: true, result: 'updated', qboCustomerId });
    }
    const change = { ...this.next(company, customer, newest), kind: 'customer.update', payload } as const;
    const operation = await this.store(company, customer, {
      insert: (tx) => this.operations.insertOnce(tx, change),
      holds: (_tx, now) => linkInto(company, now)?.qboCustomerId === qboCustomerId,
    });
    return planToSend(operation);
  }

  /**
   * Writes down what is to be sent, as long as the customer is as it was judged. Throws where a person linked it, kept
   * it out or had it erased since: it is planned anew.
   */
  private async store(
    company: QboCompany,
    customer: LinkableCustomer,
    plan: StoredPlan,
  ): Promise<CustomerOperation> {
    return this.dataSource.transaction(async (tx) => {
      // Who has sent one writes the operation before the customer; who links a customer, the one that waits after it.
      const inserted = 'insert' in plan ? await plan.insert(tx) : null;
      const now = await this.links.getForUpdate(tx, company.orgId, customer.id);
      if (now.isErased || !(await plan.holds(tx, now))) throw new CustomerChangedError();
      return 'prepare' in plan ? plan.prepare(tx) : inserted!;
    });
  }

  private async planCreate(
    company: QboCompany,
    customer: LinkableCustomer,
    { verdict: known, suffix, options }: PlanHints,
  ): Promise<CustomerPlan> {
    const newest = await this.operations.findNewest('customer.create', company.orgId, customer.id);
    const ofThisCompany = newest === null || isOfCompany(company, newest);
    if (newest && ofThisCompany && isInHand(newest)) return planToSend(newest, { earlier: true });
    if (newest?.state === 'done' && ofThisCompany) {
      // Another may have made it since the customer was read; one that a person unlinked is made anew.
      const now = await this.links.get(company.orgId, customer.id);
      const link = linkInto(company, now);
      if (link) return this.planUpdate(company, now, link, { suffix, options });
    }
    const blocked = newest && ofThisCompany && newest.state === 'waiting' ? newest : null;
    const verdict = known ?? (await this.verdict(company, customer, { newest, blocked, options }));
    if (verdict.kind === 'ask' || verdict.kind === 'create') {
      // Where another has linked it before the look, its own record passed for that of somebody else.
      const now = await this.links.get(company.orgId, customer.id);
      const link = linkInto(company, now);
      if (link) return this.planUpdate(company, now, link, { suffix, options });
    }
    switch (verdict.kind) {
      case 'excluded':
        return this.exclude(customer, blocked);
      case 'match':
        return this.link(company, customer, verdict.customer, blocked);
      case 'ask': {
        const waiting = blocked ?? (await this.block(company, customer, newest));
        return planSettledBy(await this.questions.ask(company, customer, waiting, verdict.candidates));
      }
      case 'create': {
        const draft = draftFor(customer, { suffix });
        const made = {
          ...this.next(company, customer, newest),
          kind: 'customer.create',
          payload: draft,
        } as const;
        const operation = await this.store(company, customer, {
          ...(blocked
            ? { prepare: (tx) => this.operations.prepare(blocked, company.realmId, draft, tx) }
            : { insert: (tx) => this.operations.insertOnce(tx, made) }),
          holds: (tx, now) => this.linking.isOpen(tx, company, now),
        });
        return planToSend(operation);
      }
      default:
        return verdict satisfies never;
    }
  }

  /** Looks for the customer in QuickBooks. Where that fails, the creation is stored with the reason and tried again. */
  private async verdict(
    company: QboCompany,
    customer: LinkableCustomer,
    {
      newest,
      blocked,
      options,
    }: {
      newest: OutboundOperation<'customer.create'> | null;
      blocked: OutboundOperation<'customer.create'> | null;
      options?: CallOptions;
    },
  ): Promise<MatchVerdict> {
    try {
      return await this.matcher.verdictOf(company, customer, options);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      const waiting = blocked ?? (await this.block(company, customer, newest));
      await this.blocked.defer(waiting, `Customer ${displayNameOf(customer)}`, error);
      throw error;
    }
  }

  /** One that has no request yet; of a customer that was erased meanwhile nothing waits, and nobody is asked. */
  private async block(
    company: QboCompany,
    customer: LinkableCustomer,
    newest: OutboundOperation | null,
  ): Promise<OutboundOperation<'customer.create'>> {
    const wanted = { ...this.next(company, customer, newest), kind: 'customer.create', payload: {} } as const;
    const operation = await this.store(company, customer, {
      insert: (tx) => this.operations.insertOnce(tx, { ...wanted, state: 'waiting' }),
      holds: () => true,
    });
    return operation as OutboundOperation<'customer.create'>;
  }

  private async exclude(
    customer: LinkableCustomer,
    blocked: OutboundOperation<'customer.create'> | null,
  ): Promise<CustomerPlan> {
    if (blocked) await this.blocked.cancel(blocked, 'A person keeps this customer out of QuickBooks.');
    return planSettledBy(
      skipped(
        'excluded',
        `A person keeps it out of QuickBooks. Decide anew by POST /customers/${customer.id}/match.`,
      ),
    );
  }

  /** Links a customer that was in QuickBooks before; one that is inactive there is made active again, by its name. */
  private async link(
    company: QboCompany,
    customer: LinkableCustomer,
    found: MirroredCustomer,
    blocked: OutboundOperation<'customer.create'> | null,
  ): Promise<CustomerPlan> {
    const { orgId } = company;
    const { qboId: id, active } = found;
    const record = { ...found, id };
    if (!(await this.linking.linkFound(company, customer, record, blocked))) {
      return this.plan(company, await this.links.get(orgId, customer.id), {});
    }
    if (active) return planSettledBy({ ok: true, result: 'updated', qboCustomerId: id, adopted: true });
    const newest = await this.operations.findNewest('customer.update', orgId, customer.id);
    const change = {
      ...this.next(company, customer, newest),
      kind: 'customer.update',
      payload: reactivationOf(customer, record),
    } as const;
    const operation = await this.store(company, customer, {
      insert: (tx) => this.operations.insertOnce(tx, change),
      holds: (_tx, now) => linkInto(company, now)?.qboCustomerId === id,
    });
    return planToSend(operation, { adopted: true });
  }

  private next(
    { orgId, realmId }: QboCompany,
    { id }: LinkableCustomer,
    newest: OutboundOperation | null,
  ): { orgId: number; realmId: string; entityId: number; generation: number; requestId: string } {
    const generation = (newest?.generation ?? 0) + 1;
    return { orgId, realmId, entityId: id, generation, requestId: `cust-${randomUUID()}` };
  }
}
