import type { Charge, Session } from './objects.ts';
import type { StripeAccount } from './stripe-account.ts';

interface WholeList {
  object: 'list';
  data: object[];
  has_more: boolean;
  url: string;
}

function wholeList(data: object[], url: string): WholeList {
  return { object: 'list', data, has_more: false, url };
}

/** What a session sells. */
export function lineItemsOf(account: StripeAccount, session: Session): WholeList {
  const params = account.paramsOf(session);
  const data = (params?.lines ?? []).map(({ name, amount, quantity }, index) => ({
    id: `li_${index + 1}_${session.id}`,
    object: 'item',
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: params?.currency,
    description: name,
    quantity,
  }));
  return wholeList(data, `/v1/checkout/sessions/${session.id}/line_items`);
}

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
