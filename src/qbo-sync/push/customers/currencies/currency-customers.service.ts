import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobHandler } from '../../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../../jobs/queue/queue-payloads.js';
import { assertAllRead } from '../../../api/errors/all-read.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import { hasEmail } from '../../../api/mappers/queries/matching.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { CustomerDraft, QboCustomer } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { AwaitedOperationsService } from '../../../operations/questions/awaited-operations.service.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import type { Outcome } from '../../../operations/operation-handler.js';
import type { CurrencyCustomerDraft } from '../../../operations/operation-payloads.js';
import { OperationRunnerService } from '../../../operations/operation-runner.service.js';
import { CurrencyCustomerChangesService } from './currency-customer-changes.service.js';
import { CustomerOperationHandlersService } from '../customer-operation-handlers.service.js';
import { CustomerCurrencyLinksRepository } from './customer-currency-links.repository.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from '../customer-links.repository.js';
import { currencyNames, draftOf, profileOf, profileOfDraft } from '../profile/customer-profile.js';
import { CustomerUndecidedError } from '../customer-undecided-error.js';
import { CustomerMatchesRepository } from '../match/customer-matches.repository.js';

type Creation = OutboundOperation<'customer.currency'> & { payload: CurrencyCustomerDraft };

/**
 * The record in QuickBooks that a customer's invoices in a foreign currency are made out to: QuickBooks keeps each
 * record in one currency. Promise: one per customer and currency, however many ask; that of the home currency is never
 * changed for it; two of our customers never share one.
 */
@Injectable()
export class CurrencyCustomersService {
  private readonly logger = new Logger(CurrencyCustomersService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
    private readonly currencyLinks: CustomerCurrencyLinksRepository,
    private readonly changes: CurrencyCustomerChangesService,
    private readonly handlers: CustomerOperationHandlersService,
    private readonly matches: CustomerMatchesRepository,
    private readonly awaited: AwaitedOperationsService,
    private readonly runner: OperationRunnerService,
  ) {}

  /**
   * The id in QuickBooks, made where there is none, and as the CRM knows the customer. Throws QboError where that is
   * not done, CustomerUndecidedError where a person keeps the customer out of QuickBooks.
   */
  async ensure(company: QboCompany, customerId: number, currency: string): Promise<string> {
    const customer = await this.links.get(company.orgId, customerId);
    const linked = await this.linked(company, customer, currency);
    if (linked !== null) {
      await this.changes.sendTo(company, customerId, currency);
      return linked;
    }
    const decision = (await this.matches.listDecisions(company, [customerId])).get(customerId);
    if (decision?.decision === 'exclude') {
      throw new CustomerUndecidedError(
        `A person keeps it out of QuickBooks. Decide anew by POST /customers/${customerId}/match.`,
      );
    }
    return this.create(company, customer, currency);
  }

  /** The record of this currency: that of our own making, or the linked one where that happens to be in it. */
  private async linked(
    company: QboCompany,
    customer: LinkableCustomer,
    currency: string,
  ): Promise<string | null> {
    const own = await this.currencyLinks.find(company, customer.id, currency);
    if (own) return own.qboCustomerId;
    const first = linkInto(company, customer);
    const isIn = first && (await this.currencyLinks.currencyOf(company, first.qboCustomerId)) === currency;
    return isIn ? first.qboCustomerId : null;
  }

  private async create(company: QboCompany, customer: LinkableCustomer, currency: string): Promise<string> {
    for (const displayName of currencyNames(profileOf(customer).displayName, currency, customer.id)) {
      const operation = await this.operationFor(company, customer, currency, displayName);
      const outcome = await this.run(company, customer, operation);
      if (outcome.kind === 'done') return outcome.made.id;
      if (outcome.kind === 'busy') await this.runner.waitFor(operation);
      const linked = await this.linked(company, customer, currency);
      if (linked !== null) return linked;
      const error = outcome.kind === 'open' ? outcome.error : null;
      if (error?.kind !== 'duplicate_name') throw error ?? unanswered(displayName);
      const taken = await this.take(company, customer, currency, displayName);
      if (taken !== null) return taken;
    }
    throw new QboError(
      'duplicate_name',
      `QuickBooks has others under each name for ${profileOf(customer).displayName} in ${currency}. Rename one.`,
      { operation: 'customer.create' },
    );
  }

  /** One with the name, the e-mail and the currency is this very customer, unless it stands for another of ours. */
  private async take(
    company: QboCompany,
    customer: LinkableCustomer,
    currency: string,
    displayName: string,
  ): Promise<string | null> {
    const found = await this.findMade(company, customer, { displayName, currency });
    if (!found?.active) return null;
    const sent = { ...profileOf(customer), displayName };
    const subject = { customerId: customer.id, currency };
    await this.currencyLinks.save(this.dataSource.manager, company, subject, found, sent);
    return found.id;
  }

  /** The unfinished creation of this record, or a new one. */
  private async operationFor(
    { orgId, realmId }: QboCompany,
    customer: LinkableCustomer,
    currency: string,
    displayName: string,
  ): Promise<Creation> {
    const payload = { ...draftOf({ ...profileOf(customer), displayName }), currency };
    const requestId = `cur-${randomUUID()}`;
    const operation = await this.awaited.begin<'customer.currency'>(
      { orgId, realmId, kind: 'customer.currency', entityId: customer.id, requestId, payload },
      (one) => isCreation(one) && one.payload.currency === currency,
    );
    return operation as Creation; // its own, or that of another caller which is one
  }

  /** Goes on with what nobody waits for any more. */
  @JobHandler('qbo.customer.currency')
  async resume({ orgId, customerId }: QueuePayloads['qbo.customer.currency']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    const customer = await this.links.get(orgId, customerId);
    for (const operation of await this.awaited.listUnfinished('customer.currency', company, customerId)) {
      if (isCreation(operation)) await this.run(company, customer, operation);
    }
    try {
      await this.changes.send(company, customer.id);
    } catch (error) {
      // Its operation has the next attempt, or stands in the inbox.
      if (!(error instanceof QboError)) throw error;
      this.logger.warn(
        { err: error, orgId, customerId },
        'A customer in a foreign currency could not be changed',
      );
    }
  }

  private async run(
    company: QboCompany,
    customer: LinkableCustomer,
    operation: Creation,
  ): Promise<Outcome<QboCustomer>> {
    const { payload } = operation;
    const { displayName, currency } = payload;
    return this.runner.run<'customer.currency', QboCustomer>(operation, {
      subject: `Customer ${displayName}`,
      find: () => this.findMade(company, customer, payload),
      execute: ({ requestId }) => this.client.customers.create(company, payload, requestId),
      onSucceeded: async (tx, made) => {
        await this.handlers.keepMade(tx, company, made);
        const subject = { customerId: customer.id, currency };
        await this.currencyLinks.save(tx, company, subject, made, profileOfDraft(payload));
      },
    });
  }

  private async findMade(
    company: QboCompany,
    customer: LinkableCustomer,
    {
      displayName,
      currency,
      email = customer.email,
    }: Pick<CustomerDraft, 'displayName' | 'currency' | 'email'>,
  ): Promise<QboCustomer | null> {
    const named = await this.client.customers.findByDisplayName(company, displayName);
    const found = named.read.filter((one) => hasEmail(one, email) && one.currency === currency);
    const taken = await this.links.listTaken(
      company,
      found.map(({ id }) => id),
    );
    const made = found.find(({ id }) => !taken.has(id));
    if (!made) assertAllRead(named, 'customer.query');
    return made ?? null;
  }
}

function isCreation(operation: OutboundOperation<'customer.currency'>): operation is Creation {
  return !('patch' in operation.payload);
}

function unanswered(displayName: string): QboError {
  return new QboError('uncertain', `QuickBooks has not answered yet whether it made "${displayName}".`, {
    operation: 'customer.create',
  });
}
