import { Injectable } from '@nestjs/common';
import type { InboxCode } from '../../../../messages/inbox-messages.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { OperationPushService } from '../../../operations/operation-push.service.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { RefundOperationHandlerService } from './refund-operation-handler.service.js';
import { RefundPreparationService } from './refund-preparation.service.js';
import { isStepClosed, type OutboundRefund, titleOfOpenSteps } from './refund-step.js';
import { after } from '../../../../platform/time/after.js';

/** Of which a retry is the answer, and no other try alone. */
const QUESTIONS: ReadonlySet<string> = new Set<InboxCode>(['refund_beside_credit', 'refund_on_account']);

const WAIT_FOR_RECEIPTS_MS = 10 * 60_000;

/**
 * Puts what was given back of a payment into the books, as a refund receipt out of the account the payment went to. The
 * invoice stays as it is: the work was billed, and the refund stands beside it. Only a payment that was recorded here
 * is refunded here.
 */
@Injectable()
export class RefundPushService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly tries: OperationTriesRepository,
    private readonly pushes: OperationPushService,
    private readonly preparation: RefundPreparationService,
    private readonly handlers: RefundOperationHandlerService,
    private readonly clock: Clock,
  ) {}

  /**
   * Goes on with every step of a payment's refunds that is open; `insist` takes up refused ones too, as a person was
   * asked this of: another question than that is not answered. `receiptsKnown` is false while nobody can say which
   * receipts stand: what is not prepared yet may be of a refund that failed, and waits.
   */
  async push(
    orgId: number,
    paymentId: number,
    { insist, receiptsKnown = true }: { insist?: InboxCode; receiptsKnown?: boolean } = {},
  ): Promise<void> {
    const steps = await this.tries.listOf('refund.create', orgId, paymentId);
    for (const known of steps) {
      if (isStepClosed(known)) continue;
      const { draft: _draft, ...blocked } = known.payload;
      const taken = await this.pushes.takeUp(known, blocked);
      if (!taken) continue;
      const { company, operation: step } = taken;
      if (insist !== undefined && isAnsweredBy(step, insist)) await this.operations.reopen(step);
      if (isStepClosed(step)) continue; // by a person, since the list was read
      if (!receiptsKnown && step.state === 'waiting') {
        const until = after(this.clock.now(), WAIT_FOR_RECEIPTS_MS);
        await this.operationJobs.waitUntil(step, until, async () => false);
        continue;
      }
      await this.pushStep(company, step, insist !== undefined);
    }
  }

  private async pushStep(company: QboCompany, step: OutboundRefund, waits: boolean): Promise<void> {
    const title = await this.titleOfOpen(step);
    await this.pushes.push(step, {
      title,
      prepare: () => this.preparation.prepare(company, step, title),
      handler: (prepared) => this.handlers.of(company, prepared, title),
      waits,
      unfinished: 'The refund is not in the books yet',
      about: { paymentId: step.entityId },
    });
  }

  private async titleOfOpen(step: OutboundRefund): Promise<string> {
    const steps = await this.tries.listOf('refund.create', step.orgId, step.entityId);
    return titleOfOpenSteps([step, ...steps.filter(({ id }) => id !== step.id)]);
  }
}

/** One that waits for an answer waits on where a person was asked something else. */
function isAnsweredBy({ errorKind }: OutboundRefund, asked: InboxCode): boolean {
  return !QUESTIONS.has(errorKind ?? '') || errorKind === asked;
}
