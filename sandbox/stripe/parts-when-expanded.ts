import { type WholeList, lineItemsOf, wholeList } from './line-items.ts';
import type { Charge, Session } from './objects.ts';
import type { StripeAccount } from './stripe-account.ts';

function refundsOf(account: StripeAccount, { id }: Charge): WholeList {
  const own = [...account.refunds.values()].filter(({ charge }) => charge === id).toReversed();
  return wholeList(own, `/v1/charges/${id}/refunds`);
}

/**
 * What Stripe leaves out of an object unless `expand[]` asks for it: `line_items` of a session, `refunds` of a charge.
 * Undefined where the object has no such part.
 */
export function partWhenExpanded(account: StripeAccount, object: object, name: string): object | undefined {
  const { object: kind } = object as { object?: string };
  if (kind === 'checkout.session' && name === 'line_items') return lineItemsOf(account, object as Session);
  return kind === 'charge' && name === 'refunds' ? refundsOf(account, object as Charge) : undefined;
}
