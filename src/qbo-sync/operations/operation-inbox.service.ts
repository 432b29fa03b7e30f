import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { forCustomer } from '../../messages/inbox-reasons.js';
import { withIds } from '../../messages/with-ids.js';
import { adviceFor } from './operation-advice.js';
import type { Failure } from './operation-failure.js';
import { type OutboundOperation, subjectOf } from './operation.entity.js';
import { OperationsRepository } from './operations.repository.js';

/** The inbox item of an operation: one stands for all its generations. */
@Injectable()
export class OperationInboxService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** `subject` says what it is about, for people; the customer of its proposal is added. */
  async open(
    tx: EntityManager,
    operation: OutboundOperation,
    subject: string,
    state: 'refused' | 'needs_person',
    failure: Failure,
  ): Promise<void> {
    const who = forCustomer(await this.operations.customerName(tx, operation));
    const isOfCustomer = operation.kind.startsWith('customer.');
    const customerId = isOfCustomer ? operation.entityId : await this.operations.customerIdOf(tx, operation);
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
    await this.inbox.resolveSubject(tx, operation.orgId, subjectOf(operation));
  }
}
