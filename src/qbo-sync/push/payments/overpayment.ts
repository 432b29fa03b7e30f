import type { QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import { moneyText } from '../../../messages/format.js';
import { sumCents } from '../../../platform/money/cents.js';

/**
 * A payment over more than is open on its invoice: QuickBooks would keep the rest as a credit. Not where the invoice is
 * in another currency. Pure.
 */
export function isOverpayment(
  { amountCents, currency }: { amountCents: number; currency: string },
  invoice: Pick<QboInvoice, 'balanceCents' | 'currency'>,
): boolean {
  return !isForeignTo(currency, invoice) && amountCents > invoice.balanceCents;
}

/**
 * Whether an invoice is in another currency than a payment for it, as one that was linked by SQL: its amounts say
 * nothing about what was owed. Pure.
 */
export function isForeignTo(currency: string, invoice: Pick<QboInvoice, 'currency'>): boolean {
  return invoice.currency !== null && invoice.currency !== currency;
}

/** QuickBooks and Stripe tell the time to the second. */
const SECOND_MS = 1000;
/** So late after a payment, a deposit of the bank feed or a journal entry may be the bookkeeper's entry of it. */
const LATE_MS = 5 * 60_000;

/**
 * The invoice as it was open when a payment was made at Stripe that the bookkeeper enters: what was entered since may
 * be that very payment. `payments` are those linked to the invoice. Pure.
 */
export function openBefore<
  Invoice extends Pick<QboInvoice, 'id' | 'totalCents' | 'balanceCents' | 'otherLinks'>,
>(
  invoice: Invoice,
  payments: readonly Pick<QboPayment, 'applications' | 'enteredAt'>[],
  { paidAt, now }: { paidAt: Date; now: Date },
): Invoice {
  const { id, totalCents, balanceCents, otherLinks } = invoice;
  const isLate = now.getTime() - paidAt.getTime() > LATE_MS;
  if (isLate && otherLinks.some(({ type }) => type !== 'CreditMemo'))
    return { ...invoice, balanceCents: totalCents };
  const since = payments
    .filter(({ enteredAt }) => enteredAt !== null && secondOf(enteredAt) > secondOf(paidAt))
    .flatMap(({ applications }) => applications)
    .filter(({ invoiceId }) => invoiceId === id);
  const sinceCents = sumCents(since.map(({ amountCents }) => amountCents));
  return { ...invoice, balanceCents: Math.min(balanceCents + sinceCents, totalCents) };
}

function secondOf(instant: Date): number {
  return Math.floor(instant.getTime() / SECOND_MS);
}

/** Why a payment does not fit what is open on its invoice, as a clause. Pure. */
export function openTooLittle(
  {
    docNumber,
    id,
    totalCents,
    balanceCents,
  }: Pick<QboInvoice, 'docNumber' | 'id' | 'totalCents' | 'balanceCents'>,
  currency: string,
): string {
  const open = balanceCents === 0 ? 'nothing' : `only ${moneyText(balanceCents, currency)}`;
  const settled = totalCents - balanceCents;
  const rest = settled === 0 ? '' : ` and ${moneyText(settled, currency)} of it is settled already`;
  return `${open} is open on invoice ${docNumber ?? id}: it is over ${moneyText(totalCents, currency)}${rest}`;
}
