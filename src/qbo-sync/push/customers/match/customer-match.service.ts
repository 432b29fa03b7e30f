import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../../../auth/access/authenticated-user.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { violatesUnique } from '../../../../platform/database/sqlstate.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { foundOrNull, QboError } from '../../../api/errors/qbo-error.js';
import { AskedReadsService } from '../../../api/metering/asked-reads.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboCustomer } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { CustomerMirrorService } from '../../../pull/customers/customer-mirror.service.js';
import { OperationAttemptsRepository } from '../../../operations/operation-attempts.repository.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { isInHand } from '../../../operations/operation-state.js';
import { OperationTriesRepository } from '../../../operations/operation-tries.repository.js';
import { OperationsRepository } from '../../../operations/operations.repository.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from '../customer-links.repository.js';
import { creationSubjectOf, externalEditSubjectOf, matchSubjectOf } from '../customer-subjects.js';
import { CustomerSyncService } from '../customer-sync.service.js';
import { CustomerMatcherService } from './customer-matcher.service.js';
import { CustomerMatchesRepository, type MatchDecision } from './customer-matches.repository.js';
import type { MatchCandidate } from './match-score.js';

/** What else is part of the transaction that stores a decision. */
type Also = (tx: EntityManager) => Promise<void>;
const NOTHING_ELSE: Also = async () => {};

export type MatchState = 'unmatched' | 'proposed' | 'linked' | 'excluded';

/** Whether a customer is one that QuickBooks has. */
export interface CustomerMatch {
  state: MatchState;
  /** Who it may be, best first; those that stand for a customer of ours are left out. */
  candidates: MatchCandidate[];
}

/**
 * What a person decides about a customer that may be in QuickBooks already. Promise: a decision holds until another;
 * what waited for it, the customer and its invoices, goes on at once.
 */
@Injectable()
export class CustomerMatchService {
  constructor(
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly askedReads: AskedReadsService,
    private readonly mirror: CustomerMirrorService,
    private readonly matcher: CustomerMatcherService,
    private readonly matches: CustomerMatchesRepository,
    private readonly links: CustomerLinksRepository,
    private readonly sync: CustomerSyncService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly attempts: OperationAttemptsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly inbox: InboxRepository,
    private readonly audit: AuditService,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Looks at what changed in QuickBooks before, as far as people of the organisation may ask for that. Throws not found
   * for a customer that is not in this organisation.
   */
  async get(orgId: number, customerId: number): Promise<CustomerMatch> {
    const customer = await this.links.get(orgId, customerId);
    const company = await this.connections.company(orgId);
    if (!company) return { state: customer.link ? 'linked' : 'unmatched', candidates: [] };
    await this.lookAgain(company);
    const candidates = (await this.matcher.candidates(company, [customer])).get(customerId) ?? [];
    if (linkInto(company, customer)) return { state: 'linked', candidates };
    const decision = (await this.matches.listDecisions(company, [customerId])).get(customerId)?.decision;
    if (decision === 'exclude') return { state: 'excluded', candidates };
    return { state: candidates.length > 0 && decision !== 'create' ? 'proposed' : 'unmatched', candidates };
  }

  /** Where that does not work, or too much was asked for, what is known already is answered. */
  private async lookAgain(company: QboCompany): Promise<void> {
    if (!(await this.askedReads.allows(company.orgId, 1))) return;
    await this.mirror.refresh(company).catch((error: unknown) => {
      if (!(error instanceof QboError)) throw error;
    });
  }

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
    const company = await this.companyFor(orgId, customerId);
    const found = await this.read(company, qboCustomerId);
    await this.dataSource
      .transaction(async (tx) => {
        const customer = await this.movable(tx, company, customerId);
        const taken = await this.links.listTaken(company, [found.id], tx);
        if (taken.has(found.id) && linkInto(company, customer)?.qboCustomerId !== found.id)
          throw takenBy(found);
        await this.links.saveMatched(tx, company, customer, found);
        const newest = await this.operations.findNewest('customer.create', orgId, customerId, tx);
        if (newest?.state === 'waiting') await this.attempts.close(tx, newest, found.id);
        if (userId === null) await this.matches.deleteDecision(tx, company, customerId);
        else await this.save(tx, company, customerId, { decision: 'link', qboCustomerId: found.id }, userId);
        await also(tx);
        await this.settle(tx, orgId, customerId);
      })
      .catch((error: unknown) => {
        throw violatesUnique(error, 'customers_qbo_link_key') ? takenBy(found) : error;
      });
  }

  /** Ends the link. The customer in QuickBooks stays as it is, and is not linked again without a person. */
  async unlink({ orgId, userId }: AuthenticatedUser, customerId: number): Promise<void> {
    const company = await this.companyFor(orgId, customerId);
    await this.dataSource.transaction(async (tx) => {
      const link = linkInto(company, await this.movable(tx, company, customerId));
      if (!link) {
        throw new DomainError('conflict', 'customer_not_linked', `Customer ${customerId} is not linked.`);
      }
      const { qboCustomerId } = link;
      await this.links.clear(tx, company, customerId);
      await this.save(tx, company, customerId, { decision: 'unlink', qboCustomerId }, userId);
      await this.inbox.resolveSubject(tx, orgId, externalEditSubjectOf(customerId));
    });
  }

  private async decide(
    { orgId, userId }: AuthenticatedUser,
    customerId: number,
    decision: MatchDecision,
    also: Also,
  ): Promise<void> {
    const company = await this.companyFor(orgId, customerId);
    await this.dataSource.transaction(async (tx) => {
      if (linkInto(company, await this.movable(tx, company, customerId))) {
        throw new DomainError(
          'conflict',
          'customer_linked_already',
          `Customer ${customerId} is linked to one in QuickBooks. End the link first by {"action":"unlink"}.`,
        );
      }
      await this.save(tx, company, customerId, decision, userId);
      await also(tx);
    });
    await this.sync.ensureInQbo(orgId, customerId);
    await this.dataSource.transaction((tx) => this.settle(tx, orgId, customerId));
  }

  private async save(
    tx: EntityManager,
    company: QboCompany,
    customerId: number,
    decision: MatchDecision,
    userId: number,
  ): Promise<void> {
    await this.matches.saveDecision(tx, company, customerId, decision, userId);
    await this.audit.record(tx, company.orgId, {
      action: 'customer.match_decided',
      subject: `customer:${customerId}`,
      after: { decision: decision.decision, qbo_customer_id: decision.qboCustomerId },
    });
  }

  /** Closes the question, and has the invoices that waited for it made. */
  private async settle(tx: EntityManager, orgId: number, customerId: number): Promise<void> {
    await this.inbox.resolveSubject(tx, orgId, matchSubjectOf(customerId));
    await this.inbox.resolveSubject(tx, orgId, creationSubjectOf(customerId));
    for (const proposalId of await this.matches.listWaitingProposals(tx, orgId, customerId)) {
      await this.operationJobs.enqueueBlocked(tx, orgId, proposalId);
    }
  }

  /** The company, where nothing of the customer is on its way to it; asked before QuickBooks is. */
  private async companyFor(orgId: number, customerId: number): Promise<QboCompany> {
    await this.links.get(orgId, customerId);
    const company = await this.connections.requireCompany(orgId);
    await this.assertNotUnderWay(this.dataSource.manager, company, customerId);
    return company;
  }

  /** The customer, locked, where nothing of it is on its way by now: what goes out later follows the decision. */
  private async movable(
    tx: EntityManager,
    company: QboCompany,
    customerId: number,
  ): Promise<LinkableCustomer> {
    const customer = await this.links.getForUpdate(tx, company.orgId, customerId);
    await this.assertNotUnderWay(tx, company, customerId);
    return customer;
  }

  private async assertNotUnderWay(tx: EntityManager, company: QboCompany, customerId: number): Promise<void> {
    const { orgId } = company;
    const ofHome = [
      await this.operations.findNewest('customer.create', orgId, customerId, tx),
      await this.operations.findNewest('customer.update', orgId, customerId, tx),
    ];
    // Generations over all currencies: the newest may be about another one.
    const ofCurrencies = await this.tries.listOf('customer.currency', orgId, customerId, tx);
    const written = [...ofHome, ...ofCurrencies.filter(({ realmId }) => realmId === company.realmId)];
    if (written.some((one) => one !== null && isInHand(one))) {
      throw new DomainError(
        'conflict',
        'goes_on_by_itself',
        `Customer ${customerId} is being written to QuickBooks at this moment. Look again in a minute.`,
      );
    }
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
