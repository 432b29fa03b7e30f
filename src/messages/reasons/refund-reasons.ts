import type { Amount } from '../../platform/money/money.js';
import { stripeWords } from '../stripe-words.js';
import { moneyText } from '../format.js';
import { amountText, forCustomer } from './sentence-parts.js';

/** `refund_failed`. `error` is Stripe's code, or what it says. */
export function refundFailed(
  deposit: string,
  amount: Amount,
  { cancelled, error }: { cancelled: boolean; error: string | null },
): string {
  const how = cancelled ? 'was cancelled' : 'failed';
  const why = error === null || error === 'unknown' ? '' : ` (${stripeWords(error)})`;
  return `The refund of ${amountText(amount)} of ${deposit} ${how} at Stripe${why}: the customer does not have it.`;
}

/** `refund_reversed`. `lost` is what the bank took by a dispute; null where it took nothing. */
export function refundReversed(
  amount: Amount,
  { id, customer }: { id: number; customer: string | null },
  lost: Amount | null,
): string {
  const instead = lost === null ? '' : ` The bank took ${amountText(lost)} by a dispute instead.`;
  return (
    `${amountText(amount)} of refunds for proposal ${id}${forCustomer(customer)} stand in QuickBooks, but ` +
    `failed at Stripe afterwards.${instead}`
  );
}

/** `total_differs` of a refund. `refund` names it: `The refund of $3.00 for proposal 7`. */
export function refundTotalDiffers(refund: string, inQuickBooks: Amount): string {
  return `${refund} is over ${amountText(inQuickBooks)} in QuickBooks: its tax came to another sum there.`;
}

/** `total_differs` of a refund whose receipt somebody changed. */
export function refundTotalChanged(refund: string, inQuickBooks: Amount): string {
  return `${refund} was changed in QuickBooks: it is over ${amountText(inQuickBooks)} there.`;
}

/** A receipt by its amount, for in QuickBooks nobody finds one by its id; with the part of it under another product. */
interface NamedReceipt extends Amount {
  under?: { cents: number; item: string };
}

/** `refund_removed`. */
export function refundRemoved(
  receipts: readonly NamedReceipt[],
  proposal: { id: number; customer: string | null },
): string {
  const { name, are } = receiptsText(receipts, proposal);
  return `${name} ${are} gone from QuickBooks, but the customer has the money back.`;
}

/** `refund_without_payment`. */
export function refundWithoutPayment(
  receipts: readonly NamedReceipt[],
  proposal: { id: number; customer: string | null },
): string {
  const { name, isOne } = receiptsText(receipts, proposal);
  const stands = isOne
    ? 'stands in QuickBooks, but the payment it gives'
    : 'stand in QuickBooks, but the payment they give';
  return `${name} ${stands} back is gone from there.`;
}

function receiptsText(
  receipts: readonly NamedReceipt[],
  { id, customer }: { id: number; customer: string | null },
): { name: string; isOne: boolean; are: 'is' | 'are' } {
  const isOne = receipts.length === 1;
  const over = receipts
    .map(({ under, ...amount }) => {
      const part = under && `${moneyText(under.cents, amount.currency)} of it under “${under.item}”`;
      return part ? `${amountText(amount)} (${part})` : amountText(amount);
    })
    .join(' and ');
  return {
    name: `The refund ${isOne ? 'receipt' : 'receipts'} over ${over} for proposal ${id}${forCustomer(customer)}`,
    isOne,
    are: isOne ? 'is' : 'are',
  };
}
