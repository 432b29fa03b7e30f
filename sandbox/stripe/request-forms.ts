import type { DisputeAnswer } from './disputes.ts';
import { type Form, textAt, textsAt } from './form.ts';
import { checkKnown, choiceOf, metadataAt, metadataChangesAt, wholeNumber } from './parameters.ts';
import type { PayoutRequest } from './payouts.ts';
import type { RefundRequest } from './refunds.ts';
import { missing } from './stripe-error.ts';

function requiredAt(form: Form, param: string): string {
  const text = textAt(form, param);
  if (text === undefined || text === '') throw missing(param);
  return text;
}

const REFUND_PARAMETERS = new Set(
  (
    'amount charge currency customer expand instructions_email metadata origin payment_intent reason ' +
    'refund_application_fee reverse_transfer'
  ).split(' '),
);
const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** What is to be refunded. */
export function refundRequestOf(form: Form): RefundRequest {
  checkKnown(form, REFUND_PARAMETERS);
  const amount = textAt(form, 'amount');
  return {
    charge: textAt(form, 'charge'),
    paymentIntent: textAt(form, 'payment_intent'),
    amount: amount === undefined ? undefined : wholeNumber(amount, 'amount'),
    reason: choiceOf(textAt(form, 'reason'), 'reason', REFUND_REASONS) ?? null,
    metadata: metadataAt(form, 'metadata'),
  };
}

const DISPUTE_PARAMETERS = new Set(['evidence', 'expand', 'metadata', 'submit']);

/** What a merchant says to a dispute. */
export function disputeAnswerOf(form: Form): DisputeAnswer {
  checkKnown(form, DISPUTE_PARAMETERS);
  return {
    evidence: textsAt(form, 'evidence'),
    metadata: metadataChangesAt(form),
    submits: choiceOf(textAt(form, 'submit')?.toLowerCase(), 'submit', ['true', 'false']) !== 'false',
  };
}

const PAYOUT_PARAMETERS = new Set(
  'amount currency description destination expand metadata method source_type statement_descriptor'.split(
    ' ',
  ),
);

/** A payout by hand. */
export function payoutRequestOf(form: Form): PayoutRequest {
  checkKnown(form, PAYOUT_PARAMETERS);
  return {
    kind:
      choiceOf(textAt(form, 'method'), 'method', ['instant', 'standard']) === 'instant'
        ? 'instant'
        : 'manual',
    amount: wholeNumber(requiredAt(form, 'amount'), 'amount'),
    currency: requiredAt(form, 'currency').toLowerCase(),
    description: textAt(form, 'description') ?? null,
    metadata: metadataAt(form, 'metadata'),
    statementDescriptor: textAt(form, 'statement_descriptor') ?? null,
  };
}
