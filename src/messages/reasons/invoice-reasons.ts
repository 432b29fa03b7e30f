import type { Amount } from '../../platform/money/money.js';
import { calendarDayText } from '../format.js';
import { amountText, forCustomer, namedProposal, type NamedProposal } from './sentence-parts.js';

/** `total_differs`. */
export function totalDiffers(proposal: NamedProposal, inQuickBooks: Amount, sent: Amount): string {
  const [there, here] = [amountText(inQuickBooks), amountText(sent)];
  return `The invoice of ${namedProposal(proposal)}, is over ${there} in QuickBooks instead of ${here}.`;
}

/** `total_differs` in the home currency alone, which both sums are in. */
export function homeTotalDiffers(proposal: NamedProposal, inQuickBooks: Amount, sent: Amount): string {
  const [there, here] = [amountText(inQuickBooks), amountText(sent)];
  return (
    `The invoice of ${namedProposal(proposal)}, is worth ${there} in QuickBooks' home currency instead of ` +
    `${here}: it stands there at another exchange rate than was sent.`
  );
}

/** `invoice_unwanted`. */
export function invoiceUnwanted(proposal: NamedProposal, invoiceNumber: string, total: Amount): string {
  const name = namedProposal(proposal);
  const invoice = `its invoice ${invoiceNumber} over ${amountText(total)}`;
  return `P${name.slice(1)}, was cancelled while ${invoice} was being made.`;
}

/** `malformed` of an invoice that is made. `why` names the field. */
export function invoiceUnread(
  invoice: { number: string; proposalId: number; customer: string | null },
  why: string,
): string {
  const name = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${forCustomer(invoice.customer)}`;
  return `${name} cannot be read in QuickBooks: ${why}. Nothing that happens to it is heard of.`;
}

/** `held_elsewhere`. */
export function heldInOtherBooks(
  invoice: { number: string; proposalId: number; customer: string | null },
  deposit: Amount | null,
  retainage: Amount | null,
): string {
  const parts = [
    ...(deposit ? [`takes ${amountText(deposit)} off a deposit`] : []),
    ...(retainage ? [`bills ${amountText(retainage)} of retainage`] : []),
  ];
  const name = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${forCustomer(invoice.customer)}`;
  return `${name} ${parts.join(' and ')} in the books of another company than its own.`;
}

/** `invoice_twice`. `newNumber` is that of the invoice that was made in its place. */
export function invoiceTwice(
  invoice: { number: string; proposalId: number; customer: string | null },
  total: Amount,
  newNumber: string,
): string {
  const name = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${forCustomer(invoice.customer)}`;
  const beside = `invoice ${newNumber}, which was made in its place`;
  return `${name} was voided and stands in QuickBooks again over ${amountText(total)}, beside ${beside}.`;
}

/**
 * `invoice_drift`: what stands in QuickBooks, and what was sent or stood there first; a day as `2026-03-02`. The other
 * customer has no name here: an item outlives the erasing of it.
 */
export type InvoiceEditText =
  | { field: 'amount'; after: Amount; original: Amount }
  | { field: 'customer' }
  | { field: 'date'; after: string; original: string };

export function invoiceEdited(
  invoice: { number: string; proposalId: number; customer: string | null },
  edit: InvoiceEditText,
): string {
  const who = forCustomer(invoice.customer);
  const begin = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${who} was changed in QuickBooks`;
  switch (edit.field) {
    case 'amount':
      return `${begin}: it is over ${amountText(edit.after)} there instead of ${amountText(edit.original)}.`;
    case 'customer':
      return `${begin}: it is made out to another customer there.`;
    case 'date':
      return `${begin}: it is dated ${calendarDayText(edit.after)} there instead of ${calendarDayText(edit.original)}.`;
  }
}

/** `total_differs` of an invoice in another currency than its proposal. */
export function currencyDiffers(
  { number, proposalId, customer }: { number: string; proposalId: number; customer: string | null },
  { inQuickBooks, ofProposal }: { inQuickBooks: string; ofProposal: string },
): string {
  return (
    `Invoice ${number} of proposal ${proposalId}${forCustomer(customer)} is in ${inQuickBooks} in QuickBooks, and ` +
    `the proposal in ${ofProposal}: its amounts count as ${ofProposal}.`
  );
}

/** `invoice_number_taken`. `own` is the number it was made with; `otherId` the proposal whose number it has. */
export function invoiceNumberTaken(
  { number, proposalId, customer }: { number: string; proposalId: number; customer: string | null },
  { otherId, own }: { otherId: number; own: string },
): string {
  const whose = otherId === proposalId ? 'another invoice of it' : `proposal ${otherId}`;
  const who = forCustomer(customer);
  const invoice = `Invoice ${own} of proposal ${proposalId}${who}`;
  return `${invoice} has number ${number} in QuickBooks, which is that of ${whose}.`;
}

/** `many_invoices_gone`. */
export function manyInvoicesGone(gone: number, linked: number): string {
  return `${gone} of ${linked} linked invoices are gone from QuickBooks at once. None of them was marked deleted.`;
}
