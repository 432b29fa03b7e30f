import type { PaymentApplication, QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';

/**
 * The request that puts what is free of a payment on an invoice, as far as that is open, beside what it pays already;
 * null where nothing is free or nothing is open, or where the payment brings anything but its own money, whose lines
 * cannot be told. Pure.
 */
export function applicationOf(payment: QboPayment, invoice: QboInvoice): PaymentApplication | null {
  const { id, syncToken, customerId, totalCents, unappliedCents, creditMemoCents, otherMoneyCents } = payment;
  const amountCents = Math.min(unappliedCents, invoice.balanceCents);
  if (amountCents <= 0 || creditMemoCents > 0 || otherMoneyCents > 0) return null;
  const others = payment.applications.filter((one) => one.invoiceId !== invoice.id && one.amountCents > 0);
  const before = payment.applications.find((one) => one.invoiceId === invoice.id)?.amountCents ?? 0;
  const applications = [...others, { invoiceId: invoice.id, amountCents: before + amountCents }];
  return { id, syncToken, customerId, totalCents, applications };
}
