import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { violatesUnique } from '../../database/sqlstate.js';
import { DomainError } from '../../errors/domain-error.js';
import { type FoundDocument, Remedies, type Remedy } from '../../inbox/remedies.service.js';
import { QboClient } from '../client/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { CustomerLinksRepository, linkInto } from '../customers/customer-links.repository.js';
import { draftOf, profileOf } from '../customers/customer-profile.js';
import { CustomerSyncService } from '../customers/customer-sync.service.js';
import { DocumentAdoption } from './document-adoption.service.js';
import { customerMisfit } from './document-fit.js';

/** What a person can do about a customer who could not be brought over: have it tried again, or name the one in QuickBooks. */
@Injectable()
export class CustomerRemedy implements Remedy, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly remedies: Remedies,
    private readonly connections: ConnectionService,
    private readonly links: CustomerLinksRepository,
    private readonly client: QboClient,
    private readonly sync: CustomerSyncService,
    private readonly adoption: DocumentAdoption,
  ) {}

  onModuleInit(): void {
    this.remedies.register('customer.create', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    const sync = await this.sync.ensureInQbo(orgId, Number(id));
    return sync.ok ? null : sync.error;
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
    const [newest] = await this.adoption.triesAt('customer.create', orgId, customer.id);
    const known = await this.adoption.read(found, () => this.client.getCustomer(company, found.id));
    const taken = await this.links.listTaken(company, [known.id]);
    this.adoption.assertFits(customerMisfit(known, customer, taken.has(known.id)));

    await this.dataSource
      .transaction(async (tx) => {
        const payload = draftOf(profileOf(customer));
        await this.adoption.finish(tx, company, newest, { id: known.id, payload });
        await this.links.save(tx, company, customer.id, known);
        await also(tx);
      })
      .catch((error: unknown) => {
        if (!violatesUnique(error, 'customers_qbo_link_key')) throw error;
        return this.adoption.assertFits(customerMisfit(known, customer, true));
      });
  }
}
