import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboCustomer } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { isInHand } from '../../../operations/operation-state.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import type { CurrencyCustomerChange } from '../../../operations/operation-payloads.js';
import type { Outcome } from '../../../operations/operation-handler.js';
import { OperationRunnerService } from '../../../operations/operation-runner.service.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { type NewOperation, OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { type CurrencyLink, CustomerCurrencyLinksRepository } from './customer-currency-links.repository.js';
import { conflictsText, diffCustomer } from '../profile/customer-diff.js';
import { CustomerLinksRepository, type LinkableCustomer } from '../customer-links.repository.js';
import { CustomerOperationHandlersService } from '../customer-operation-handlers.service.js';
import { currencyNames, displayNameOf, profileOf, suffixedName } from '../profile/customer-profile.js';

/** A change made anew because somebody was faster, or has the name, is made so often at most. */
const ROUNDS_MAX = 4;

type Change = OutboundOperation<'customer.currency'> & { payload: CurrencyCustomerChange };

/**
 * Has the records of a customer in foreign currencies follow the CRM, as the one of the home currency does: what was
 * changed since it was last sent goes to each, under its own name `Ann Ruiz (EUR)`.
 */
@Injectable()
export class CurrencyCustomerChangesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboClient,
    private readonly customers: CustomerLinksRepository,
    private readonly links: CustomerCurrencyLinksRepository,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly runner: OperationRunnerService,
    private readonly handlers: CustomerOperationHandlersService,
  ) {}

  /**
   * To every record, also where one before it is not changed. Makes no call where all are as the CRM says. Throws the
   * first QboError in the end.
   */
  async send(company: QboCompany, customerId: number): Promise<void> {
    let first: QboError | null = null;
    for (const { currency } of await this.links.list(company, customerId)) {
      try {
        await this.sendTo(company, customerId, currency);
      } catch (error) {
        if (!(error instanceof QboError)) throw error;
        first ??= error;
      }
    }
    if (first) throw first;
  }

  /** The same to one record. */
  async sendTo(company: QboCompany, customerId: number, currency: string): Promise<void> {
    const customer = await this.customers.get(company.orgId, customerId);
    if (customer.isErased) return;
    const [plainName] = currencyNames(displayNameOf(customer), currency, customer.id);
    const record = { ...customer, fullName: plainName! };
    let isNameTaken = false;
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      const link = await this.links.find(company, customer.id, currency);
      if (!link) return;
      const change = await this.changeFor(company, record, link, isNameTaken);
      if (!change) return;
      const outcome = await this.run(company, customer, change, isNameTaken);
      if (outcome.kind === 'busy') await this.runner.waitFor(change);
      if (outcome.kind !== 'open') continue;
      const { error } = outcome;
      if (error?.kind === 'stale') await this.readAnew(company, customer, link);
      else if (error?.kind === 'duplicate_name' && !isNameTaken) isNameTaken = true;
      else throw error ?? notYet(plainName!);
    }
    throw notYet(plainName!);
  }

  /** The change that was begun, else what is to be sent now, stored; null where there is nothing to send. */
  private async changeFor(
    company: QboCompany,
    record: LinkableCustomer,
    { currency, qboCustomerId, syncToken, base }: CurrencyLink,
    isNameTaken: boolean,
  ): Promise<Change | null> {
    const { orgId, realmId } = company;
    const all = await this.tries.listOf('customer.currency', orgId, record.id);
    const begun = all.find(
      (one): one is Change =>
        isChange(one) && isInHand(one) && one.realmId === realmId && one.payload.currency === currency,
    );
    if (begun) return begun;
    const { patch, conflicts } = diffCustomer(record, base);
    const sent = profileOf(record);
    if (!patch) {
      await this.links.markSeen(company, { customerId: record.id, currency }, sent);
      return null;
    }
    if (isNameTaken && patch.displayName) patch.displayName = suffixedName(patch.displayName, record.id);
    const change: NewOperation<'customer.currency'> = {
      orgId,
      realmId,
      kind: 'customer.currency',
      entityId: record.id,
      generation: (all.at(-1)?.generation ?? 0) + 1,
      requestId: `cur-${randomUUID()}`,
      payload: {
        currency,
        patch: { ...patch, id: qboCustomerId, syncToken },
        sent,
        overwrites: conflicts.length > 0 ? conflictsText(conflicts) : null,
      },
    };
    return this.store(change, displayNameOf(record));
  }

  /** Written down unless the customer was erased since it was read. */
  private async store(change: NewOperation<'customer.currency'>, name: string): Promise<Change | null> {
    return this.dataSource.transaction(async (tx) => {
      const { isErased } = await this.customers.getForUpdate(tx, change.orgId, change.entityId);
      if (isErased) return null;
      const stored = await this.operations.insertOnce(tx, change);
      if (!isChange(stored)) throw notYet(name);
      return stored;
    });
  }

  private run(
    company: QboCompany,
    customer: LinkableCustomer,
    change: Change,
    isNameTaken: boolean,
  ): Promise<Outcome<QboCustomer>> {
    const { currency, patch, sent, overwrites } = change.payload;
    return this.runner.run<'customer.currency', QboCustomer>(change, {
      subject: `The change of customer ${displayNameOf(customer)} in ${currency}`,
      reported: true,
      answered: isNameTaken ? ['stale'] : ['stale', 'duplicate_name'],
      versioned: true,
      find: () => this.handlers.findChanged(company, patch),
      execute: ({ requestId }) => this.client.customers.update(company, patch, requestId),
      onSucceeded: async (tx, made) => {
        await this.links.save(tx, company, { customerId: customer.id, currency }, made, sent);
        await this.handlers.reportOverwritten(tx, company, customer, overwrites);
      },
    });
  }

  /** Somebody changed the record first: their version is kept, and the CRM's change goes on top of it. */
  private async readAnew(
    company: QboCompany,
    { id: customerId }: LinkableCustomer,
    { currency, qboCustomerId, base }: CurrencyLink,
  ): Promise<void> {
    const current = await this.client.customers.get(company, qboCustomerId);
    const { manager } = this.dataSource;
    await this.links.save(manager, company, { customerId, currency }, current, base.sent);
  }
}

function isChange(operation: OutboundOperation<'customer.currency'>): operation is Change {
  return 'patch' in operation.payload;
}

function notYet(name: string): QboError {
  const message = `QuickBooks has not answered yet whether it changed "${name}"; this is tried again by itself.`;
  return new QboError('uncertain', message, { operation: 'customer.update' });
}
