import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import type { InboxCode } from '../../../messages/inbox-messages.js';
import { forCustomer, notRecorded } from '../../../messages/reasons/sentence-parts.js';
import { withIds } from '../../../messages/with-ids.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import { elsewhereSubjectOf } from '../elsewhere-subject.js';
import { adviceFor } from './operation-advice.js';
import type { Failure } from '../rows/operation-failure.js';
import { type OutboundOperation, subjectOf } from '../rows/operation.entity.js';
import { OperationsRepository } from '../rows/operations.repository.js';

/** What a person is asked before an operation is sent. */
interface OperationQuestion {
  /** What it is about, for people; the customer of its proposal is added. */
  title: string;
  code: InboxCode;
  /** Why it is not recorded. */
  why: string;
  nextStep?: string;
  paymentId?: number;
  /** The subject of an item that has the same question, and less that can be done about it. */
  inPlaceOf?: string;
}

/** The inbox item of an operation: one stands for all its generations. */
@Injectable()
export class OperationInboxService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** Leaves one that has no request yet to a person, unless another worker was first. Nothing is sent meanwhile. */
  async ask(
    tx: EntityManager,
    operation: OutboundOperation,
    { title, code, why, nextStep, paymentId, inPlaceOf }: OperationQuestion,
  ): Promise<void> {
    const failure = { kind: code, message: `Not recorded: ${why}.` };
    if (!(await this.operations.defer(tx, operation, 'refused', failure, this.clock.now()))) return;
    const { orgId, proposalId, id: operationId } = operation;
    const customer = await this.customers.nameOf(tx, operation);
    if (inPlaceOf !== undefined) await this.inbox.resolveSubject(tx, orgId, inPlaceOf);
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOf(operation),
      code,
      reason: notRecorded(title, customer, why),
      nextStep,
      retry: 'singly',
      proposalId,
      paymentId,
      operationId,
    });
  }

  /** `subject` says what it is about, for people; the customer of its proposal is added. */
  async open(
    tx: EntityManager,
    operation: OutboundOperation,
    subject: string,
    state: 'refused' | 'needs_person',
    failure: Failure,
  ): Promise<void> {
    const who = forCustomer(await this.customers.nameOf(tx, operation));
    const isOfCustomer = operation.kind.startsWith('customer.');
    const customerId = isOfCustomer ? operation.entityId : await this.customers.idOf(tx, operation);
    const { nextStep, retry } = adviceFor(failure, state === 'needs_person', operation.kind);
    await this.inbox.open(tx, {
      orgId: operation.orgId,
      subject: subjectOf(operation),
      code: failure.kind,
      qboCode: failure.code,
      reason: `${subject}${who}: ${failure.message}`,
      nextStep: withIds(nextStep, { customerId }),
      retry,
      proposalId: operation.proposalId,
      customerId: isOfCustomer ? customerId : null,
      paymentId: /^(payment|refund)\./.test(operation.kind) ? operation.entityId : null,
      operationId: operation.id,
      intuitTid: failure.intuitTid,
    });
  }

  async isOpen(tx: EntityManager, operation: OutboundOperation): Promise<boolean> {
    return this.inbox.hasOpen(tx, operation.orgId, subjectOf(operation));
  }

  async resolve(tx: EntityManager, operation: OutboundOperation): Promise<void> {
    const subjects = [subjectOf(operation), elsewhereSubjectOf(operation)];
    await this.inbox.resolveSubjects(tx, operation.orgId, subjects);
  }
}
