import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { type CrmCustomer, displayNameOf } from '../profile/customer-profile.js';
import { creationSubjectOf, matchSubjectOf } from '../customer-subjects.js';
import { type CustomerSync, skipped } from '../customer-sync.js';
import type { MatchCandidate } from './match-score.js';
import { candidatesText, matchNextStep } from './match-text.js';
import { after, DAY_MS } from '../../../../platform/time/after.js';

/** Asks a person whether a customer is one that QuickBooks has. */
@Injectable()
export class MatchQuestionsService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly inbox: InboxRepository,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Has the creation wait, with the question in the inbox from the same moment on. */
  async ask(
    { orgId }: QboCompany,
    customer: CrmCustomer,
    waiting: OutboundOperation<'customer.create'>,
    candidates: readonly MatchCandidate[],
  ): Promise<CustomerSync> {
    const who = candidatesText(candidates);
    const error = `It may be in QuickBooks already (${who}), so a person has to decide.`;
    const name = `Customer ${customer.id}, ${displayNameOf(customer)},`;
    const next = after(this.clock.now(), DAY_MS);
    await this.dataSource.transaction(async (tx) => {
      const failure = { kind: 'customer_match', message: error } as const;
      if (!(await this.operations.defer(tx, waiting, 'waiting', failure, next))) return;
      await this.inbox.resolveSubject(tx, orgId, creationSubjectOf(customer.id));
      await this.inbox.open(tx, {
        orgId,
        subject: matchSubjectOf(customer.id),
        code: 'customer_match',
        reason: `${name} may be in QuickBooks already: ${who}. Nothing is made until a person decides.`,
        nextStep: matchNextStep(customer.id),
        retry: 'together',
        customerId: customer.id,
        operationId: waiting.id,
      });
    });
    return skipped('undecided', error);
  }
}
