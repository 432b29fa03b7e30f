import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { Changed, QboPayment } from '../../api/model/qbo-objects.js';

/** Money that came in, or a credit of the customer's that was used: a credit memo is no cash. */
export type PaymentKind = 'payment' | 'credit';

/** What one QuickBooks payment settles of one invoice, in one kind. Always more than nothing. */
export interface InvoicePayment {
  paymentId: string;
  invoiceId: string;
  kind: PaymentKind;
  amountCents: number;
  paidOn: CalendarDay | null;
  /** The version of the payment that said so. */
  syncToken: number;
}

/** The payments on an invoice, and whether all that are linked to it are known. */
export interface KnownPayments {
  payments: InvoicePayment[];
  complete: boolean;
}

/**
 * What a payment settles, by invoice and kind. It brings cash up to its own amount less what is unapplied; whatever its
 * lines settle beyond that comes from credits it uses. Where it pays several invoices the cash goes to the first lines.
 */
export function partsOf(payment: QboPayment): InvoicePayment[] {
  const { id: paymentId, txnDate: paidOn } = payment;
  const syncToken = Number(payment.syncToken);
  let cashLeft = Math.max(payment.totalCents - payment.unappliedCents, 0);
  return [...appliedByInvoice(payment)].flatMap(([invoiceId, cents]) => {
    const cash = Math.min(cents, cashLeft);
    cashLeft -= cash;
    const part = { paymentId, invoiceId, paidOn, syncToken };
    const parts: InvoicePayment[] = [
      { ...part, kind: 'payment', amountCents: cash },
      { ...part, kind: 'credit', amountCents: cents - cash },
    ];
    return parts.filter((one) => one.amountCents > 0);
  });
}

function appliedByInvoice({ applications }: QboPayment): Map<string, number> {
  const byInvoice = new Map<string, number>();
  for (const { invoiceId, amountCents } of applications) {
    byInvoice.set(invoiceId, (byInvoice.get(invoiceId) ?? 0) + amountCents);
  }
  return byInvoice;
}

/**
 * The payments on an invoice after news. Which ones are linked is the invoice's own word (`linkedIds`; null where only
 * payments were read); what each of them is about, its newest version's. A linked payment of which nothing is known
 * leaves the picture incomplete.
 */
export function paymentsAfter(
  invoiceId: string,
  stored: readonly InvoicePayment[],
  linkedIds: readonly string[] | null,
  brought: ReadonlyMap<string, Changed<QboPayment>>,
): KnownPayments {
  const known: KnownPayments = { payments: [], complete: true };
  for (const id of new Set(linkedIds ?? stored.map((one) => one.paymentId))) {
    const before = stored.filter((one) => one.paymentId === id);
    const news = brought.get(id);
    if (news?.deleted) continue;
    if (news && before.every((one) => one.syncToken <= Number(news.object.syncToken))) {
      known.payments.push(...partsOf(news.object).filter((one) => one.invoiceId === invoiceId));
    } else if (before.length > 0) {
      known.payments.push(...before);
    } else {
      known.complete = false;
    }
  }
  return known;
}

/**
 * Which of the linked payments have to be read to tell what settled so much (`settledCents`) of an invoice. None where
 * those stored and brought come to exactly that; else all that were not brought, for an edited one is not told apart.
 */
export function paymentsToRead(
  { id, linkedPaymentIds }: { id: string; linkedPaymentIds: readonly string[] },
  settledCents: number,
  stored: readonly InvoicePayment[],
  brought: ReadonlyMap<string, Changed<QboPayment>>,
): string[] {
  const { payments, complete } = paymentsAfter(id, stored, linkedPaymentIds, brought);
  const explained = complete && payments.reduce((sum, one) => sum + one.amountCents, 0) === settledCents;
  return explained ? [] : linkedPaymentIds.filter((paymentId) => !brought.has(paymentId));
}

/** True where both lists say the same, in whatever order. */
export function samePayments(one: readonly InvoicePayment[], other: readonly InvoicePayment[]): boolean {
  const lines = (payments: readonly InvoicePayment[]): string =>
    payments
      .map(({ paymentId, kind, amountCents, paidOn, syncToken }) =>
        [paymentId, kind, amountCents, paidOn, syncToken].join('|'),
      )
      .toSorted()
      .join('\n');
  return lines(one) === lines(other);
}
