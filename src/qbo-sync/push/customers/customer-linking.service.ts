import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { violatesUnique } from '../../../platform/database/failures/sqlstate.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboCustomer } from '../../api/model/qbo-objects.js';
import { OperationAttemptsRepository } from '../../operations/rows/operation-attempts.repository.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import {
  CustomerLinksRepository,
  linkInto,
  type LinkableCustomer,
  type LinkedCustomer,
} from './customer-links.repository.js';
import { creationSubjectOf, matchSubjectOf } from './customer-subjects.js';
import { CustomerMatchesRepository } from './match/customer-matches.repository.js';

/**
 * Links a customer to one that is in QuickBooks already, and ends what waited for that. Each link is judged again
 * under the customer's lock: a person may have linked it elsewhere, kept it out or had it erased meanwhile.
 */
@Injectable()
export class CustomerLinkingService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly attempts: OperationAttemptsRepository,
    private readonly links: CustomerLinksRepository,
    private readonly matches: CustomerMatchesRepository,
    private readonly inbox: InboxRepository,
    private readonly dataSource: DataSource,
  ) {}

  /** Whether a customer, as it is read in this transaction, is neither linked into this company nor kept out of it. */
  async isOpen(tx: EntityManager, company: QboCompany, now: LinkableCustomer): Promise<boolean> {
    if (linkInto(company, now)) return false;
    const decisions = await this.matches.listDecisions(company, [now.id], tx);
    return decisions.get(now.id)?.decision !== 'exclude';
  }

  /**
   * Takes up a link that was made by hand in the database: nothing waits for a decision about it any more. False where
   * it leads elsewhere by now. Throws QboError where `found` is inactive, or stands for another customer already.
   */
  async takeUp(company: QboCompany, customer: LinkableCustomer, found: QboCustomer): Promise<boolean> {
    const { orgId } = company;
    if (!found.active) throw linkedToInactive(customer, found);
    return this.dataSource
      .transaction(async (tx) => {
        const now = await this.links.getForUpdate(tx, orgId, customer.id);
        if (now.isErased || linkInto(company, now)?.qboCustomerId !== found.id) return false;
        await this.store(tx, company, customer, found);
        await this.inbox.resolveSubject(tx, orgId, matchSubjectOf(customer.id));
        return true;
      })
      .catch((error: unknown) => {
        throw violatesUnique(error, 'customers_qbo_link_key') ? linkedTwice(customer, found) : error;
      });
  }

  /** Stores a link, and ends a creation that waits: there is nothing to make any more. */
  async store(
    tx: EntityManager,
    company: QboCompany,
    customer: LinkableCustomer,
    found: QboCustomer,
  ): Promise<void> {
    await this.links.saveMatched(tx, company, customer, found);
    const creation = await this.operations.findNewest('customer.create', company.orgId, customer.id, tx);
    if (creation?.state === 'waiting') await this.attempts.close(tx, creation, found.id);
  }

  /**
   * Links a customer to the one that the matcher found, and ends its creation, `blocked`. False where somebody decided
   * otherwise meanwhile. Throws a transient QboError where another was linked to it at the same moment.
   */
  async linkFound(
    company: QboCompany,
    customer: LinkableCustomer,
    found: LinkedCustomer,
    blocked: OutboundOperation<'customer.create'> | null,
  ): Promise<boolean> {
    const { orgId } = company;
    return this.dataSource
      .transaction(async (tx) => {
        const now = await this.links.getForUpdate(tx, orgId, customer.id);
        if (now.isErased || !(await this.isOpen(tx, company, now))) return false;
        await this.links.saveMatched(tx, company, customer, found);
        if (blocked) await this.attempts.close(tx, blocked, found.id);
        await this.inbox.resolveSubject(tx, orgId, creationSubjectOf(customer.id));
        await this.inbox.resolveSubject(tx, orgId, matchSubjectOf(customer.id));
        return true;
      })
      .catch((error: unknown) => {
        throw violatesUnique(error, 'customers_qbo_link_key') ? linkedElsewhere() : error;
      });
  }
}

/** One customer in QuickBooks stands for one here. */
function linkedTwice({ id }: LinkableCustomer, found: QboCustomer): QboError {
  const message =
    `Customer ${found.id}, ${found.displayName}, stands for another customer here already. End this link by ` +
    `POST /customers/${id}/match with {"action":"unlink"}.`;
  return new QboError('validation', message, { operation: 'customer.read' });
}

/** As where a person links it: whoever is inactive, or was merged into another, stands for nobody. */
function linkedToInactive({ id }: LinkableCustomer, found: QboCustomer): QboError {
  const message =
    `Customer ${found.id}, ${found.displayName}, is inactive in QuickBooks. Make it active there, or end this link ` +
    `by POST /customers/${id}/match with {"action":"unlink"}.`;
  return new QboError('validation', message, { operation: 'customer.read' });
}

function linkedElsewhere(): QboError {
  const message = 'Another customer was linked to it at this moment; this is tried again.';
  return new QboError('transient', message, { operation: 'customer.create' });
}
