import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';
import type { PaymentDraft, RefundDraft } from '../../api/model/qbo-objects.js';
import type { PaymentToRecord, RefundToRecord } from '../../operations/operation-payloads.js';
import { thePayment } from '../../../invoices/payment-name.js';
import type { NamedKey } from '../../../invoices/invoice-key.js';
import { markOf } from '../invoices/draft/invoice-draft.js';

const PAYMENT_REF_MAX = 21;

/** The end of Stripe's id: QuickBooks keeps 21 characters, and the note has all of it. */
function paymentRefOf(reference: string): string {
  return reference.slice(-PAYMENT_REF_MAX);
}

export function paymentDraftOf(
  fact: PaymentToRecord,
  requestId: string,
  invoice: { id: string; customerId: string },
  exchangeRate: ExchangeRate | null,
): PaymentDraft {
  return {
    customerId: invoice.customerId,
    invoiceId: invoice.id,
    totalCents: fact.amountCents,
    currency: fact.currency,
    ...(exchangeRate === null ? {} : { exchangeRate }),
    txnDate: fact.paidOn,
    paymentRef: paymentRefOf(fact.reference),
    privateNote: `${markOf(requestId)} Stripe ${fact.reference}`,
  };
}

export function refundDraftOf(
  { fact, amountCents, key }: { fact: RefundToRecord; amountCents: number; key: NamedKey },
  requestId: string,
  books: Pick<
    RefundDraft,
    'customerId' | 'depositAccountId' | 'itemId' | 'taxCode' | 'amountsAre' | 'taxed' | 'shipTo' | 'released'
  >,
  exchangeRate: ExchangeRate | null,
): RefundDraft {
  return {
    ...books,
    amountCents,
    currency: fact.currency,
    ...(exchangeRate === null ? {} : { exchangeRate }),
    txnDate: fact.refundedOn,
    paymentRef: paymentRefOf(fact.reference),
    privateNote: `${markOf(requestId)} Stripe ${fact.reference}`,
    description: `Refund of ${thePayment(key)} for proposal ${fact.proposalId}`,
  };
}

/** What was made under this request id, by its mark. */
export function madeBy<T extends { privateNote: string | null }>(
  requestId: string,
  made: readonly T[],
): T | null {
  return made.find(({ privateNote }) => isMadeBy(requestId, privateNote)) ?? null;
}

/** Whether this is the note of what was made under this request id. */
export function isMadeBy(requestId: string, privateNote: string | null): boolean {
  return (privateNote ?? '').includes(markOf(requestId));
}

/** Whether a note of ours names this payment, by Stripe's reference: it is of the payment, or of a refund of it. */
export function isOf({ reference }: { reference: string }, privateNote: string | null): boolean {
  return (privateNote ?? '').endsWith(`Stripe ${reference}`);
}
