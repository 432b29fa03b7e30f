import { moneyText } from '../../../../messages/format.js';
import { sumCents } from '../../../../platform/money/cents.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { isBlocked } from '../../../operations/operation-state.js';
import type { BookedStep, RefundStep } from './books-plan.js';

/** A part of a payment's refunds on its way into the books. */
export type OutboundRefund = OutboundOperation<'refund.create'>;

/** The subject of the inbox item about receipts of refunds that failed at Stripe after they were in the books. */
export function excessSubjectOf(paymentId: number): string {
  return `refund.excess:${paymentId}`;
}

/** True where nothing is sent for it any more: it is done, failed before it was in the books, or a person decided. */
export function isStepClosed({ state, payload }: Pick<OutboundRefund, 'state' | 'payload'>): boolean {
  return state === 'done' || payload.amountCents === 0 || payload.byPerson === true;
}

/** True where it is certainly not in the books and in nobody's hands: its amount can still be changed. */
function isStepChangeable(step: Pick<OutboundRefund, 'state' | 'payload' | 'firstSentAt'>): boolean {
  const isUnsent = isBlocked(step) && step.firstSentAt === null;
  return (isUnsent || step.state === 'refused') && step.payload.byPerson !== true;
}

/** A step as its plan sees it. What a person entered by hand is in the books as well. */
export function plannedStepOf(step: OutboundRefund): RefundStep {
  return { id: step.id, amountCents: step.payload.amountCents, changeable: isStepChangeable(step) };
}

export function bookedStepOf({ id, payload: { amountCents, overCents = 0 } }: OutboundRefund): BookedStep {
  return { id, amountCents, overCents };
}

/** The product of the deposit that a receipt comes off; null where it does not, and where that was not kept. Pure. */
export function heldItemOf({
  ofReleased,
  draft,
}: Pick<OutboundRefund['payload'], 'ofReleased' | 'draft'>): string | null {
  return ofReleased === false ? (draft?.itemId ?? null) : null;
}

/** One item stands for all steps of a payment, so it names what of its refunds is not in the books, together. Pure. */
export function titleOfOpenSteps(steps: readonly [OutboundRefund, ...OutboundRefund[]]): string {
  const open = steps.filter((step) => !isStepClosed(step));
  const cents = sumCents(open.map(({ payload }) => payload.amountCents));
  const { currency, proposalId } = steps[0].payload.fact;
  return `The refund of ${moneyText(cents, currency)} for proposal ${proposalId}`;
}
