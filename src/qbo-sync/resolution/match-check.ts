import { moneyText } from '../../messages/format.js';
import type {
  QboCreditMemo,
  QboCustomer,
  QboInvoice,
  QboPayment,
  QboRefund,
} from '../api/model/qbo-objects.js';
import { type CrmCustomer, displayNameOf, suffixedName } from '../push/customers/profile/customer-profile.js';
import { hasEmail, sameName } from '../api/mappers/queries/matching.js';
import { markOf } from '../push/invoices/draft/invoice-draft.js';

/** What was wanted of QuickBooks, as far as a document can be told by it. */
export interface ExpectedDocument {
  qboCustomerId: string;
  amountCents: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** Under which it was asked for: a document that carries the mark of one of them is ours. */
  requestIds: readonly string[];
}

/**
 * Why an invoice that a person found is not the one that was wanted; null where it may be. One with our own mark may be
 * over another amount, because tax or a rule in QuickBooks can have changed it. Pure.
 */
export function invoiceMismatch(invoice: QboInvoice, wanted: ExpectedDocument): string | null {
  const name = `Invoice ${invoice.docNumber ?? invoice.id}`;
  if (invoice.customerId !== wanted.qboCustomerId) return `${name} is made out to another customer.`;
  if (invoice.currency !== null && invoice.currency !== wanted.currency) {
    return `${name} is in ${invoice.currency} and not in ${wanted.currency}.`;
  }
  if (wanted.requestIds.some((id) => (invoice.privateNote ?? '').includes(markOf(id)))) return null;
  return amountMismatch(name, invoice.totalCents, wanted);
}

/** The same for a payment, which must also be applied to the invoice it was meant for. Pure. */
export function paymentMismatch(
  payment: QboPayment,
  wanted: Omit<ExpectedDocument, 'requestIds'> & { qboInvoiceId: string },
): string | null {
  const name = `Payment ${payment.id}`;
  if (payment.customerId !== wanted.qboCustomerId) return `${name} is of another customer.`;
  if (!payment.applications.some(({ invoiceId }) => invoiceId === wanted.qboInvoiceId)) {
    return `${name} is not applied to the invoice of this proposal. Apply it in QuickBooks first.`;
  }
  return amountMismatch(name, payment.totalCents, wanted);
}

/** The same for a refund receipt. Pure. */
export function refundMismatch(
  refund: QboRefund,
  wanted: Omit<ExpectedDocument, 'requestIds'>,
): string | null {
  const name = `Refund ${refund.id}`;
  if (refund.customerId !== wanted.qboCustomerId) return `${name} is of another customer.`;
  if (refund.currency !== null && refund.currency !== wanted.currency) {
    return `${name} is in ${refund.currency} and not in ${wanted.currency}.`;
  }
  return amountMismatch(name, refund.totalCents, wanted);
}

/** The same for a credit memo; tax comes on top of what was wanted. Pure. */
export function creditMemoMismatch(memo: QboCreditMemo, wanted: ExpectedDocument): string | null {
  const name = `Credit memo ${memo.docNumber ?? memo.id}`;
  if (memo.customerId !== wanted.qboCustomerId) return `${name} is of another customer.`;
  if (wanted.requestIds.some((id) => (memo.privateNote ?? '').includes(markOf(id)))) return null;
  return amountMismatch(name, memo.totalCents - memo.taxCents, wanted);
}

/**
 * The same for a customer, who is known by e-mail or name; `taken` says that it stands for another one of ours. Pure.
 */
export function customerMismatch(found: QboCustomer, wanted: CrmCustomer, taken: boolean): string | null {
  const name = `Customer ${found.id}, ${found.displayName},`;
  const displayName = displayNameOf(wanted);
  const names = [displayName, suffixedName(displayName, wanted.id)];
  if (taken) return `${name} stands for another customer here already.`;
  if (!found.active) return `${name} is inactive in QuickBooks. Make it active first.`;
  const named = names.some((one) => sameName(one, found.displayName));
  if (named || hasEmail(found, wanted.email)) return null;
  const differs = `${name} has neither the name nor the e-mail address of ${displayName}.`;
  return `${differs} Correct one of them in QuickBooks or here first.`;
}

function amountMismatch(
  name: string,
  foundCents: number,
  { amountCents, currency }: Pick<ExpectedDocument, 'amountCents' | 'currency'>,
): string | null {
  if (foundCents === amountCents) return null;
  const [found, wanted] = [moneyText(foundCents, currency), moneyText(amountCents, currency)];
  return `${name} is over ${found} and not over ${wanted}.`;
}
