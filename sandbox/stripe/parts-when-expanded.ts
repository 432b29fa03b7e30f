import { lineItemsOf } from './line-items.ts';
import { type StripeList, plainPage } from './lists.ts';
import type { Charge, Refund, Session } from './objects.ts';
import type { StripeAccount } from './stripe-account.ts';

function refundsOf(account: StripeAccount, { id }: Charge): StripeList<Refund> {
  const own = [...account.refunds.values()].filter(({ charge }) => charge === id).toReversed();
  return plainPage(own, {}, { url: `/v1/charges/${id}/refunds`, kind: 'refund' });
}

/**
 * What Stripe leaves out of an object unless `expand[]` asks for it: the first ten `line_items` of a session or
 * `refunds` of a charge. Undefined where the object has no such part.
 */
export function partWhenExpanded(account: StripeAccount, object: object, name: string): object | undefined {
  const { object: kind } = object as { object?: string };
  if (kind === 'checkout.session' && name === 'line_items') return lineItemsOf(account, object as Session);
  return kind === 'charge' && name === 'refunds' ? refundsOf(account, object as Charge) : undefined;
}
