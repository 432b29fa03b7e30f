import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { customerErased } from '../../customers/customer-erased.js';
import { violatesUnique } from '../../platform/database/failures/sqlstate.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { QboClient } from '../api/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { CurrencyCustomerChangesService } from '../push/customers/currencies/currency-customer-changes.service.js';
import { CustomerLinksRepository, linkInto } from '../push/customers/customer-links.repository.js';
import { draftOf, profileOf } from '../push/customers/profile/customer-profile.js';
import { CustomerSyncService } from '../push/customers/customer-sync.service.js';
import { CustomerMatchService } from '../push/customers/match/customer-match.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { customerMismatch } from './match-check.js';
import { RetryBoundService } from './retry-bound.service.js';

/**
 * What a person can do about a customer who could not be brought over: have it tried again, or name the one in
 * QuickBooks.
 */
@Injectable()
export class CustomerResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly retryBound: RetryBoundService,
    private readonly connections: ConnectionService,
    private readonly links: CustomerLinksRepository,
    private readonly client: QboClient,
    private readonly sync: CustomerSyncService,
    private readonly currencyChanges: CurrencyCustomerChangesService,
    private readonly matches: CustomerMatchService,
    private readonly manualMatch: ManualMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('customer.create', this);
    this.resolutions.register('customer.update', { retry: (orgId, id) => this.retry(orgId, id) });
    this.resolutions.register('customer.currency', { retry: (orgId, id) => this.retryIn(orgId, id) });
    this.resolutions.register('customer.match', {
      takes: 'customer',
      retry: (orgId, id) => this.retry(orgId, id),
      adopt: (orgId, id, found, also) =>
        this.matches.link({ orgId, userId: null }, Number(id), found.id, also),
      decide: (user, id, decision, also) => this.matches[decision](user, Number(id), also),
    });
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.retryBound.take(orgId);
    const sync = await this.sync.ensureInQbo(orgId, Number(id));
    return sync.ok ? null : sync.error;
  }

  /** Of the record in one currency: `id` has the customer and the currency, as in `17:EUR`; or of all that it has. */
  private async retryIn(orgId: number, id: string): Promise<null> {
    const company = await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    const [customerId, currency] = id.split(':');
    if (currency === undefined) await this.currencyChanges.send(company, Number(customerId));
    else await this.currencyChanges.sendTo(company, Number(customerId), currency);
    return null;
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const customer = await this.links.get(orgId, Number(id));
    if (linkInto(company, customer)) {
      throw new DomainError(
        'conflict',
        'customer_linked_already',
        `Customer ${customer.id} is tied to one in QuickBooks already. Resolve this without a document.`,
      );
    }
    const [newest] = await this.manualMatch.triesAt('customer.create', orgId, customer.id);
    const known = await this.manualMatch.read(company, found, () =>
      this.client.customers.get(company, found.id),
    );
    const taken = await this.links.listTaken(company, [known.id]);
    this.manualMatch.assertMatches(customerMismatch(known, customer, taken.has(known.id)));

    await this.dataSource
      .transaction(async (tx) => {
        const payload = draftOf(profileOf(customer));
        await this.manualMatch.finish(tx, company, newest, { id: known.id, payload });
        const { isErased } = await this.links.getForUpdate(tx, orgId, customer.id);
        if (isErased) throw customerErased(customer.id);
        await this.links.saveMatched(tx, company, customer, known);
        await also(tx);
      })
      .catch((error: unknown) => {
        if (!violatesUnique(error, 'customers_qbo_link_key')) throw error;
        return this.manualMatch.assertMatches(customerMismatch(known, customer, true));
      });
  }
}
