import type { OrderedLine } from './checkout-line.ts';
import type { Form } from './form.ts';
import { type StripeList, plainPage } from './lists.ts';
import type { Session } from './objects.ts';
import type { StripeAccount } from './stripe-account.ts';

/** The price a line was sold at: made for this session alone, and so not active. */
function priceOf(session: Session, line: OrderedLine, index: number): object {
  const isWhole = !line.unitAmount.includes('.');
  return {
    id: `price_${index + 1}_${session.id}`,
    object: 'price',
    active: false,
    billing_scheme: 'per_unit',
    created: session.created,
    currency: line.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: `prod_${index + 1}_${session.id}`,
    recurring: null,
    tax_behavior: line.taxBehavior,
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: isWhole ? Number(line.unitAmount) : null,
    unit_amount_decimal: line.unitAmount,
  };
}

/** What a session sells, a page of it. */
export function lineItemsOf(
  account: StripeAccount,
  session: Session,
  query: Form = {},
): StripeList<{ id: string }> {
  const items = (account.paramsOf(session)?.lines ?? []).map((line, index) => ({
    id: `li_${index + 1}_${session.id}`,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: line.amount,
    amount_tax: 0,
    amount_total: line.amount,
    currency: line.currency,
    description: line.name,
    metadata: {},
    price: priceOf(session, line, index),
    quantity: line.quantity,
  }));
  return plainPage(items, query, { url: `/v1/checkout/sessions/${session.id}/line_items`, kind: 'item' });
}

/** The product of a line's price, for `expand[]=line_items.data.price.product`. */
export function productOf(account: StripeAccount, id: string): object | undefined {
  const [, number, sessionId = ''] = /^prod_(\d+)_(.+)$/.exec(id) ?? [];
  const session = account.sessions.get(sessionId);
  const line = session && account.paramsOf(session)?.lines[Number(number) - 1];
  if (!session || !line) return undefined;
  return {
    id,
    object: 'product',
    active: false,
    attributes: [],
    created: session.created,
    default_price: null,
    description: line.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: line.productMetadata,
    name: line.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    type: 'service',
    unit_label: null,
    updated: session.created,
    url: null,
  };
}
