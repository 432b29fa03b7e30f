import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuthenticatedUser } from '../../../../auth/access/authenticated-user.js';
import { customerErased } from '../../../../customers/customer-erased.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { violatesUnique } from '../../../../platform/database/failures/sqlstate.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { foundOrNull } from '../../../api/errors/qbo-error.js';
import { AskedReadsService } from '../../../api/metering/asked-reads.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboCustomer } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { CustomerLinkingService } from '../customer-linking.service.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from '../customer-links.repository.js';
import { externalEditSubjectOf } from '../customer-subjects.js';
import { CustomerSyncService } from '../customer-sync.service.js';
import type { MatchDecision } from './customer-matches.repository.js';
import { MatchDecisionsService } from './match-decisions.service.js';
import { MovableCustomersService } from './movable-customers.service.js';

/** What else is part of the transaction that stores a decision. */
type Also = (tx: EntityManager) => Promise<void>;
const NOTHING_ELSE: Also = async () => {};

/**
 * What a person decides about a customer that may be in QuickBooks already. Promise: a decision holds until another;
 * what waited for it, the customer and its invoices, goes on at once.
 */
@Injectable()
export class CustomerMatchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: MovableCustomersService,
    private readonly decisions: MatchDecisionsService,
    private readonly linking: CustomerLinkingService,
    private readonly links: CustomerLinksRepository,
    private readonly sync: CustomerSyncService,
    private readonly client: QboClient,
    private readonly askedReads: AskedReadsService,
    private readonly inbox: InboxRepository,
  ) {}

  /** Has the customer made, whoever is there already. */
  async create(user: AuthenticatedUser, customerId: number, also: Also = NOTHING_ELSE): Promise<void> {
    await this.decide(user, customerId, { decision: 'create', qboCustomerId: null }, also);
  }

  /** Keeps the customer out of QuickBooks. Its invoices wait until that is decided anew. */
  async exclude(user: AuthenticatedUser, customerId: number, also: Also = NOTHING_ELSE): Promise<void> {
    await this.decide(user, customerId, { decision: 'exclude', qboCustomerId: null }, also);
  }

  /** Links the customer, also where it is linked to another. `also` is part of the transaction. */
  async link(
    { orgId, userId }: { orgId: number; userId: number | null },
    customerId: number,
    qboCustomerId: string,
    also: Also = NOTHING_ELSE,
  ): Promise<void> {
    const company = await this.customers.companyFor(orgId, customerId);
    const found = await this.read(company, qboCustomerId);
    await this.dataSource
      .transaction(async (tx) => {
        const customer = await this.lockKnown(tx, company, customerId);
        const taken = await this.links.listTaken(company, [found.id], tx);
        if (taken.has(found.id) && linkInto(company, customer)?.qboCustomerId !== found.id)
          throw takenBy(found);
        await this.linking.store(tx, company, customer, found);
        const decision = { decision: 'link', qboCustomerId: found.id } as const;
        await this.decisions.save(tx, company, customerId, decision, userId);
        await also(tx);
        await this.decisions.settle(tx, orgId, customerId);
      })
      .catch((error: unknown) => {
        throw violatesUnique(error, 'customers_qbo_link_key') ? takenBy(found) : error;
      });
  }

  /** Ends the link. The customer in QuickBooks stays as it is, and is not linked again without a person. */
  async unlink({ orgId, userId }: AuthenticatedUser, customerId: number): Promise<void> {
    const company = await this.customers.companyFor(orgId, customerId);
    await this.dataSource.transaction(async (tx) => {
      const link = linkInto(company, await this.customers.lock(tx, company, customerId));
      if (!link) {
        throw new DomainError('conflict', 'customer_not_linked', `Customer ${customerId} is not linked.`);
      }
      const { qboCustomerId } = link;
      await this.links.clear(tx, company, customerId);
      await this.decisions.save(tx, company, customerId, { decision: 'unlink', qboCustomerId }, userId);
      await this.inbox.resolveSubject(tx, orgId, externalEditSubjectOf(customerId));
    });
  }

  private async decide(
    { orgId, userId }: AuthenticatedUser,
    customerId: number,
    decision: MatchDecision,
    also: Also,
  ): Promise<void> {
    const company = await this.customers.companyFor(orgId, customerId);
    await this.dataSource.transaction(async (tx) => {
      if (linkInto(company, await this.lockKnown(tx, company, customerId))) {
        throw new DomainError(
          'conflict',
          'customer_linked_already',
          `Customer ${customerId} is linked to one in QuickBooks. End the link first by {"action":"unlink"}.`,
        );
      }
      await this.decisions.save(tx, company, customerId, decision, userId);
      await also(tx);
    });
    await this.sync.ensureInQbo(orgId, customerId);
    await this.dataSource.transaction((tx) => this.decisions.settle(tx, orgId, customerId));
  }

  /** Throws a conflict where the customer was erased: a link would bring back what QuickBooks has of them. */
  private async lockKnown(
    tx: EntityManager,
    company: QboCompany,
    customerId: number,
  ): Promise<LinkableCustomer> {
    const customer = await this.customers.lock(tx, company, customerId);
    if (customer.isErased) throw customerErased(customerId);
    return customer;
  }

  private async read(company: QboCompany, qboCustomerId: string): Promise<QboCustomer> {
    await this.askedReads.take(company.orgId, 1);
    const found = await foundOrNull(this.client.customers.get(company, qboCustomerId));
    if (found?.active) return found;
    if (!found) {
      throw new DomainError(
        'conflict',
        'document_not_found',
        `The connected company has no customer ${qboCustomerId}. The id is in the address of its page in QuickBooks.`,
      );
    }
    throw new DomainError(
      'conflict',
      'qbo_customer_inactive',
      `Customer ${found.id}, ${found.displayName}, is inactive in QuickBooks. Make it active first.`,
    );
  }
}

function takenBy({ id, displayName }: QboCustomer): DomainError {
  return new DomainError(
    'conflict',
    'qbo_customer_taken',
    `Customer ${id}, ${displayName}, stands for another customer here already.`,
  );
}
