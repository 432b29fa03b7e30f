import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../../../../audit/audit.service.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { creationSubjectOf, matchSubjectOf } from '../customer-subjects.js';
import { CustomerMatchesRepository, type MatchDecision } from './customer-matches.repository.js';

/** Keeps what was decided about a customer. Parts of the caller's transaction. */
@Injectable()
export class MatchDecisionsService {
  constructor(
    private readonly matches: CustomerMatchesRepository,
    private readonly audit: AuditService,
    private readonly inbox: InboxRepository,
    private readonly operationJobs: OperationJobsService,
  ) {}

  /** `userId`: null where nobody decided it; a decision of before does not hold then. */
  async save(
    tx: EntityManager,
    company: QboCompany,
    customerId: number,
    decision: MatchDecision,
    userId: number | null,
  ): Promise<void> {
    if (userId === null) return this.matches.deleteDecision(tx, company, customerId);
    await this.matches.saveDecision(tx, company, customerId, decision, userId);
    await this.audit.record(tx, company.orgId, {
      action: 'customer.match_decided',
      subject: `customer:${customerId}`,
      after: { decision: decision.decision, qbo_customer_id: decision.qboCustomerId },
    });
  }

  /** Closes the question, and has the invoices that waited for it made. */
  async settle(tx: EntityManager, orgId: number, customerId: number): Promise<void> {
    await this.inbox.resolveSubject(tx, orgId, matchSubjectOf(customerId));
    await this.inbox.resolveSubject(tx, orgId, creationSubjectOf(customerId));
    for (const proposalId of await this.matches.listWaitingProposals(tx, orgId, customerId)) {
      await this.operationJobs.enqueueBlocked(tx, orgId, proposalId);
    }
  }
}
