import { Injectable } from '@nestjs/common';
import { customerOverwritten } from '../../../messages/reasons/books-reasons.js';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { assertAllRead } from '../../api/errors/all-read.js';
import { hasEmail } from '../../api/mappers/queries/matching.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { CustomerDraft, CustomerPatch, QboCustomer } from '../../api/model/qbo-objects.js';
import type { CallOptions, CallResult } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import type { OperationRequests } from '../../operations/operation-payloads.js';
import { mirrored } from '../../pull/customers/mirrored-customer.js';
import { QboCustomersRepository } from '../../pull/customers/qbo-customers.repository.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from './customer-links.repository.js';
import { displayNameOf, profileOfDraft } from './profile/customer-profile.js';
import { externalEditSubjectOf, matchSubjectOf } from './customer-subjects.js';

export type CustomerOperationKind = 'customer.create' | 'customer.update';
type Handler = OperationHandler<CustomerOperationKind, QboCustomer>;
type Request = OperationRequests[CustomerOperationKind];

/** How a customer is made and changed in QuickBooks, and what follows when it is done. */
@Injectable()
export class CustomerOperationHandlersService {
  constructor(
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
    private readonly mirror: QboCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  of(
    company: QboCompany,
    customer: LinkableCustomer,
    kind: CustomerOperationKind,
    options?: CallOptions,
  ): Handler {
    const name = displayNameOf(customer);
    const about =
      kind === 'customer.create'
        ? { subject: `Customer ${name}` }
        : {
            subject: `The change of customer ${name}`,
            answered: ['stale', 'duplicate_name'] as const,
            versioned: true,
          };
    return {
      ...about,
      find: ({ payload }) =>
        isUpdate(payload)
          ? this.findChanged(company, payload.patch, options)
          : this.findMade(company, customer, payload, options),
      execute: ({ payload, requestId }) => this.execute(company, payload, requestId),
      onSucceeded: (tx, made, { payload }) => this.save(tx, company, customer, made, payload),
    };
  }

  /** Sends one by itself. */
  execute(company: QboCompany, payload: Request, requestId: string): Promise<CallResult<QboCustomer>> {
    return isUpdate(payload)
      ? this.client.customers.update(company, payload.patch, requestId)
      : this.client.customers.create(company, payload, requestId);
  }

  private async save(
    tx: EntityManager,
    company: QboCompany,
    customer: LinkableCustomer,
    made: QboCustomer,
    payload: Request,
  ): Promise<void> {
    const { orgId } = company;
    if (isUpdate(payload)) {
      // A person who linked it to another record meanwhile is followed.
      const now = linkInto(company, await this.links.getForUpdate(tx, orgId, customer.id));
      if (now?.qboCustomerId !== made.id) return;
    } else await this.keepMade(tx, company, made);
    await this.links.save(
      tx,
      company,
      customer.id,
      made,
      isUpdate(payload) ? payload.sent : profileOfDraft(payload),
    );
    if (!isUpdate(payload)) return this.inbox.resolveSubject(tx, orgId, matchSubjectOf(customer.id));
    await this.reportOverwritten(tx, company, customer, payload.overwrites);
  }

  /** It is known before any poll tells of it: else it would pass for one that is gone, as after a merge. */
  async keepMade(tx: EntityManager, company: QboCompany, made: QboCustomer): Promise<void> {
    await this.mirror.upsert(tx, company, [mirrored(made)]);
  }

  /** A person hears of what the bookkeeper had changed and was overwritten. */
  async reportOverwritten(
    tx: EntityManager,
    { orgId }: QboCompany,
    customer: LinkableCustomer,
    overwrites: string | null,
  ): Promise<void> {
    if (overwrites === null) return;
    await this.inbox.open(tx, {
      orgId,
      subject: externalEditSubjectOf(customer.id),
      code: 'customer_drift',
      reason: customerOverwritten(customer.id, displayNameOf(customer), overwrites),
      customerId: customer.id,
    });
  }

  /** What a change whose answer was lost made; null where QuickBooks does not show it. */
  async findChanged(
    company: QboCompany,
    patch: CustomerPatch,
    options?: CallOptions,
  ): Promise<QboCustomer | null> {
    const current = await this.client.customers.get(company, patch.id, options);
    return shows(current, patch) ? current : null;
  }

  /** What a creation whose answer was lost made: of the name and e-mail that it sent, and standing for nobody else. */
  private async findMade(
    company: QboCompany,
    customer: LinkableCustomer,
    { displayName, email = customer.email }: CustomerDraft,
    options?: CallOptions,
  ): Promise<QboCustomer | null> {
    const named = await this.client.customers.findByDisplayName(company, displayName, options);
    const found = named.read.filter((one) => hasEmail(one, email));
    const taken = await this.links.listTaken(
      company,
      found.map(({ id }) => id),
    );
    const made = found.find(({ id }) => !taken.has(id));
    if (!made) assertAllRead(named, 'customer.query');
    return made ?? null;
  }
}

export function isUpdate(payload: Request): payload is OperationRequests['customer.update'] {
  return 'patch' in payload;
}

/** Whether a customer shows all that a patch says. */
function shows(customer: QboCustomer, { displayName, email, phone, active }: CustomerPatch): boolean {
  const same = <T>(wanted: T | undefined, shown: T): boolean => wanted === undefined || wanted === shown;
  return (
    same(displayName, customer.displayName) &&
    same(email, customer.email) &&
    same(phone, customer.phone) &&
    same(active, customer.active)
  );
}
