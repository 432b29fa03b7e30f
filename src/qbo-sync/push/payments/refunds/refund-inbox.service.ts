import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import type { InboxCode } from '../../../../messages/inbox-messages.js';
import { forCustomer } from '../../../../messages/reasons/sentence-parts.js';
import { REFUND_PARTLY_ON_ACCOUNT_STEP } from '../../../../messages/next-steps.js';
import { ProposalCustomersRepository } from '../../../../proposals/rows/proposal-customers.repository.js';
import { adviceFor } from '../../../operations/questions/operation-advice.js';
import { subjectOf } from '../../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { isStepClosed, type OutboundRefund, titleOfOpenSteps } from './refund-step.js';
import { isStopped } from '../../../operations/operation-state.js';

/** The inbox item of a payment's refunds: one stands for all of them that are not in the books. */
@Injectable()
export class RefundInboxService {
  constructor(
    private readonly customers: ProposalCustomersRepository,
    private readonly tries: OperationTriesRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * It is about another one of them that a person is asked about; false where there is
   * none. One whose payment was missing is taken up by itself once that is there.
   */
  async askOthers(tx: EntityManager, { orgId, entityId, id }: OutboundRefund): Promise<boolean> {
    const steps = await this.tries.listOf('refund.create', orgId, entityId, tx);
    const others = steps.filter((step) => step.id !== id && !isStepClosed(step));
    const asked = others.findLast((step) => isStopped(step) && step.errorKind !== 'payment_missing');
    if (!asked || !(await this.inbox.hasOpen(tx, orgId, subjectOf(asked)))) return false;
    const title = titleOfOpenSteps([asked, ...others.filter((step) => step !== asked)]);
    const failure = { kind: asked.errorKind as InboxCode, message: asked.errorDetail ?? '' };
    const { nextStep, retry } = adviceFor(failure, asked.state === 'needs_person', 'refund.create');
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOf(asked),
      code: failure.kind,
      qboCode: asked.errorCode ?? undefined,
      reason: `${title}${forCustomer(await this.customers.nameOf(tx, asked))}: ${failure.message}`,
      nextStep: isPartlyOnAccount(asked) ? REFUND_PARTLY_ON_ACCOUNT_STEP : nextStep,
      retry,
      proposalId: asked.proposalId,
      paymentId: entityId,
      operationId: asked.id,
    });
    return true;
  }

  /** Has it name what is left after some failed at Stripe; with nothing left it closes. */
  async review(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const steps = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const [first] = steps;
    if (!first) return;
    const left = steps.findLast((step) => !isStepClosed(step));
    if (!left) return this.inbox.resolveSubject(tx, orgId, subjectOf(first));
    const who = forCustomer(await this.customers.nameOf(tx, left));
    const reason = `${titleOfOpenSteps([left, ...steps.filter((step) => step !== left)])}${who}: ${left.errorDetail}`;
    if (left.errorDetail !== null) await this.inbox.restate(tx, orgId, subjectOf(left), reason);
  }
}

function isPartlyOnAccount({ errorKind, payload }: OutboundRefund): boolean {
  return errorKind === 'refund_on_account' && (payload.onAccountCents ?? 0) < payload.amountCents;
}
