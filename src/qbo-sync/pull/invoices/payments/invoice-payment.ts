import type { CalendarDay } from '../../../../platform/time/calendar-day.js';
import type { Changed, QboInvoice, QboPayment } from '../../../api/model/qbo-objects.js';
import { settledCentsOf } from '../invoice-status.js';
import { sumCents } from '../../../../platform/money/cents.js';

/**
 * Money that came in by a payment, a deposit of the bank feed or a journal entry; money in the invoice's own Deposit
 * field; or what is no money: a credit memo of the customer's that was used, or a receivable that was written off.
 */
export type PaymentKind = 'payment' | 'deposit' | 'credit';

/** What one QuickBooks payment settles of one invoice, in one kind. Always more than nothing. */
export interface InvoicePayment {
  paymentId: string;
  invoiceId: string;
  kind: PaymentKind;
  /** Of a credit the credit memo it came from, as far as that is told; else empty. */
  creditMemoId: string;
  /** Of a credit: it gives no income back, but a receivable up. */
  isWriteOff: boolean;
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
 * What a payment settles, by invoice and kind. Credit is what it uses of credit memos, and whatever its lines settle
 * beyond what it brings: its own amount less what is unapplied, deposits of the bank feed, journal entries but for
 * what those write off or give back of income. Where it pays several invoices the money goes to the first lines.
 */
export function settlementsOf(payment: QboPayment): InvoicePayment[] {
  const { id: paymentId, txnDate: paidOn } = payment;
  const syncToken = Number(payment.syncToken);
  let moneyLeft = moneyOf(payment);
  const credits = creditsOf(payment);
  return [...appliedByInvoice(payment)].flatMap(([invoiceId, cents]) => {
    const money = Math.min(cents, moneyLeft);
    moneyLeft -= money;
    const part = { paymentId, invoiceId, paidOn, syncToken };
    const parts: InvoicePayment[] = [
      { ...part, kind: 'payment', creditMemoId: '', isWriteOff: false, amountCents: money },
      ...credits.take(cents - money).map((credit) => ({ ...part, kind: 'credit' as const, ...credit })),
    ];
    return parts.filter((one) => one.amountCents > 0);
  });
}

/**
 * Hands out the credit memos of a payment in their order; what is beyond them comes from none that is told, or is a
 * debt that its journal entries give up, or what they give back of income. Of both it is what the most is.
 */
function creditsOf({ creditMemos, writtenOffCents, givenBackCents }: QboPayment): {
  take(cents: number): Pick<InvoicePayment, 'creditMemoId' | 'isWriteOff' | 'amountCents'>[];
} {
  // A payment can name one in several lines.
  const byMemo = Map.groupBy(creditMemos, ({ id }) => id);
  const left = [...byMemo].map(([creditMemoId, lines]) => ({
    creditMemoId,
    isWriteOff: lines.some(({ isWriteOff }) => isWriteOff === true),
    amountCents: Math.max(sumCents(lines.map(({ amountCents }) => amountCents)), 0),
  }));
  return {
    take: (cents) => {
      const taken: Pick<InvoicePayment, 'creditMemoId' | 'isWriteOff' | 'amountCents'>[] = [];
      let missing = cents;
      for (const memo of left) {
        const amountCents = Math.min(missing, memo.amountCents);
        if (amountCents > 0) taken.push({ ...memo, amountCents });
        memo.amountCents -= amountCents;
        missing -= amountCents;
      }
      return [
        ...taken,
        { creditMemoId: '', isWriteOff: writtenOffCents > givenBackCents, amountCents: missing },
      ];
    },
  };
}

/** How much of what a payment settles is money. */
function moneyOf(payment: QboPayment): number {
  const { totalCents, unappliedCents, creditMemoCents, otherMoneyCents, applications } = payment;
  const settled = sumCents(applications.map((one) => one.amountCents));
  const noMoneyCents = payment.writtenOffCents + payment.givenBackCents;
  const brought = Math.max(totalCents - unappliedCents, 0) + otherMoneyCents - noMoneyCents;
  return Math.max(Math.min(settled - creditMemoCents, brought), 0);
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
    const change = brought.get(id);
    if (change?.deleted) continue;
    if (change && before.every((one) => one.syncToken <= Number(change.object.syncToken))) {
      known.payments.push(...settlementsOf(change.object).filter((one) => one.invoiceId === invoiceId));
    } else if (before.length > 0) {
      known.payments.push(...before);
    } else {
      known.complete = false;
    }
  }
  return known;
}

/**
 * The same where the invoice itself was read: with its own Deposit field, and with the rest of what is settled on the
 * first other document that is linked to it, where there is one.
 */
export function paymentsOn(
  invoice: QboInvoice,
  stored: readonly InvoicePayment[],
  brought: ReadonlyMap<string, Changed<QboPayment>>,
): KnownPayments {
  const { payments, complete } = paymentsWithDeposit(invoice, stored, brought);
  const [other] = invoice.otherLinks;
  const rest = settledCentsOf(invoice) - sumOf(payments);
  if (!other || !complete || rest <= 0) return { payments, complete };
  const kind = other.type === 'CreditMemo' ? 'credit' : 'payment';
  return { payments: [...payments, documentOf(invoice, other.id, kind, rest)], complete };
}

function paymentsWithDeposit(
  invoice: QboInvoice,
  stored: readonly InvoicePayment[],
  brought: ReadonlyMap<string, Changed<QboPayment>>,
): KnownPayments {
  const { payments, complete } = paymentsAfter(invoice.id, stored, invoice.linkedPaymentIds, brought);
  const { id, depositCents } = invoice;
  if (depositCents <= 0) return { payments, complete };
  return { payments: [...payments, documentOf(invoice, id, 'deposit', depositCents)], complete };
}

/** A settlement that no Payment stands for, by the document that does; dated as the invoice is. */
function documentOf(
  { id, txnDate, syncToken }: QboInvoice,
  paymentId: string,
  kind: PaymentKind,
  amountCents: number,
): InvoicePayment {
  const creditMemoId = kind === 'credit' ? paymentId : '';
  return {
    paymentId,
    invoiceId: id,
    kind,
    creditMemoId,
    isWriteOff: false,
    amountCents,
    paidOn: txnDate,
    syncToken: Number(syncToken),
  };
}

/**
 * Which of the linked payments have to be read to tell what settled an invoice. None where those stored and brought
 * come to exactly that; else all that were not brought, for an edited one is not told apart.
 */
export function paymentsToRead(
  invoice: QboInvoice,
  stored: readonly InvoicePayment[],
  brought: ReadonlyMap<string, Changed<QboPayment>>,
): string[] {
  const { payments, complete } = paymentsWithDeposit(invoice, stored, brought);
  const explained = complete && sumOf(payments) === settledCentsOf(invoice);
  return explained ? [] : invoice.linkedPaymentIds.filter((paymentId) => !brought.has(paymentId));
}

function sumOf(payments: readonly InvoicePayment[]): number {
  return sumCents(payments.map((one) => one.amountCents));
}

/** True where both lists say the same, in whatever order. */
export function samePayments(one: readonly InvoicePayment[], other: readonly InvoicePayment[]): boolean {
  const lines = (payments: readonly InvoicePayment[]): string =>
    payments
      .map(({ paymentId, kind, creditMemoId, isWriteOff, amountCents, paidOn, syncToken }) =>
        [paymentId, kind, creditMemoId, isWriteOff, amountCents, paidOn, syncToken].join('|'),
      )
      .toSorted()
      .join('\n');
  return lines(one) === lines(other);
}

/** True where something that was applied is not any more, whatever else changed. */
export function hasGonePayments(before: readonly InvoicePayment[], now: readonly InvoicePayment[]): boolean {
  return before.some((one) => !now.some((other) => isSameSettlement(one, other)));
}

function isSameSettlement(one: InvoicePayment, other: InvoicePayment): boolean {
  return (
    one.paymentId === other.paymentId && one.kind === other.kind && one.creditMemoId === other.creditMemoId
  );
}
