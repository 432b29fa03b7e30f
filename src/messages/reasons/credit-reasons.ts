import type { Amount } from '../../platform/money/money.js';
import { amountText, forCustomer, type NamedProposal, notRecorded } from './sentence-parts.js';

/** `deposit_exceeds_final`. */
export function depositExceedsFinal(excess: Amount, proposalId: number): string {
  const deposit = `the deposit of proposal ${proposalId}`;
  return `${amountText(excess)} of ${deposit} is held beyond what is left to bill of its contract.`;
}

/** `credit_left`. `number` is the credit memo's. */
export function creditLeft(
  number: string | null,
  left: Amount,
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  return `${amountText(left)} of ${memo} is on no invoice: none of the contract is open.`;
}

const CREDIT_ELSEWHERE = 'the invoices it credits are in another company than the one connected';

/** `credit_beside_refund`. `title` names the credit memo. */
export function creditBesideRefund(title: string, customer: string | null, refunded: Amount): string {
  const why = `a refund may have given it back: ${amountText(refunded)} of the payments was refunded`;
  return notRecorded(title, customer, why);
}

/** `credit_elsewhere`. `title` names the credit memo. */
export function creditElsewhere(title: string, customer: string | null): string {
  return notRecorded(title, customer, CREDIT_ELSEWHERE);
}

/** `credit_memo_gone`. */
export function creditMemoGone(
  number: string | null,
  amount: Amount,
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `Credit memo ${number ?? ''} of ${amountText(amount)}${forCustomer(customer)}, of a change order`;
  return `${memo} of proposal ${id}, is gone from QuickBooks, so more is billed than the contract comes to.`;
}

/** `credit_memo_twice`. `otherNumber` is that of the credit memo that was made in its place; null while it is not. */
export function creditMemoTwice(
  number: string | null,
  total: Amount,
  otherNumber: string | null,
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `Credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  const other = otherNumber === null ? 'another one' : `credit memo ${otherNumber}`;
  return `${memo} was voided and stands in QuickBooks again over ${amountText(total)}, beside ${other} in its place.`;
}

/** `total_differs` of a credit memo that somebody changed. The amounts are before tax where it has any. */
export function creditTotalChanged(
  number: string | null,
  { inQuickBooks, sent, isTaxed }: { inQuickBooks: Amount; sent: Amount; isTaxed: boolean },
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `Credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  const tax = isTaxed ? ' before tax' : '';
  const [there, here] = [amountText(inQuickBooks), amountText(sent)];
  return `${memo} was changed in QuickBooks: it is over ${there}${tax} there instead of ${here}.`;
}

/** `payment_on_other_invoice` of a part of a credit memo. `number` is the credit memo's. */
export function creditOnOtherInvoice(
  number: string | null,
  used: Amount,
  { id, customer }: Omit<NamedProposal, 'name'>,
  invoiceId: string,
): string {
  const memo = `credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  return (
    `${amountText(used)} of ${memo} was on its way to invoice ${invoiceId} of QuickBooks, and is used there; ` +
    'meanwhile somebody took that invoice off the contract.'
  );
}
