import { type Form, formAt, listAt, textAt, textsAt } from './form.ts';
import { StripeError, invalid, missing } from './stripe-error.ts';

/** What a Checkout Session is created from, read and checked. Amounts are integer minor units. */
export interface CheckoutParams {
  amount: number;
  currency: string;
  title: string;
  successUrl: string;
  cancelUrl: string | null;
  clientReferenceId: string | null;
  customerEmail: string | null;
  metadata: Record<string, string>;
  intentMetadata: Record<string, string>;
  intentDescription: string | null;
  paymentMethodTypes: readonly string[];
  /** Epoch seconds. */
  expiresAt: number;
}

const daySeconds = 86_400;
const minuteSeconds = 60;

function wholeNumber(text: string | undefined, param: string): number {
  if (text === undefined) throw missing(param);
  if (!/^-?\d+$/.test(text))
    throw new StripeError(`Invalid integer: ${text}`, { code: 'parameter_invalid_integer', param });
  return Number(text);
}

function lineOf(item: string | Form, index: number): { amount: number; currency: string; name: string } {
  const at = `line_items[${index}]`;
  if (typeof item === 'string') throw invalid(at, 'Invalid object');
  const price = textAt(item, 'price');
  if (price !== undefined)
    throw new StripeError(`No such price: '${price}'`, { code: 'resource_missing', param: `${at}[price]` });
  const data = formAt(item, 'price_data');
  const unitAmount = wholeNumber(textAt(data, 'unit_amount'), `${at}[price_data][unit_amount]`);
  if (unitAmount < 0)
    throw invalid(`${at}[price_data][unit_amount]`, 'This value must be greater than or equal to 0.');
  const quantity = wholeNumber(textAt(item, 'quantity') ?? '1', `${at}[quantity]`);
  const currency = textAt(data, 'currency')?.toLowerCase();
  if (!currency) throw missing(`${at}[price_data][currency]`);
  if (!/^[a-z]{3}$/.test(currency))
    throw invalid(`${at}[price_data][currency]`, `Invalid currency: ${currency}.`);
  const name = textAt(data, 'product_data', 'name');
  if (!name) throw missing(`${at}[price_data][product_data][name]`);
  return { amount: unitAmount * quantity, currency, name };
}

/**
 * Reads the form of `POST /v1/checkout/sessions`; throws a `StripeError` that names the wrong field. `now` is
 * in epoch seconds. Pure.
 */
export function checkoutParamsOf(form: Form, now: number): CheckoutParams {
  const mode = textAt(form, 'mode');
  if (mode === undefined) throw missing('mode');
  if (mode !== 'payment')
    throw invalid(
      'mode',
      `Invalid mode: must be payment here; subscriptions and setups are not sold by this sandbox`,
    );
  const successUrl = textAt(form, 'success_url');
  if (!successUrl) throw missing('success_url');
  const cancelUrl = textAt(form, 'cancel_url') ?? null;
  for (const [param, url] of [
    ['success_url', successUrl],
    ['cancel_url', cancelUrl],
  ] as const)
    if (url !== null && !URL.canParse(url))
      throw new StripeError('Not a valid URL', { code: 'url_invalid', param });

  const lines = listAt(form, 'line_items').map(lineOf);
  const [first] = lines;
  if (!first) throw missing('line_items');
  if (lines.some(({ currency }) => currency !== first.currency))
    throw invalid('line_items', 'All line items must have the same currency.');
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  if (amount === 0)
    throw new StripeError('The Checkout Session’s total amount due must add up to at least $0.50 usd', {
      code: 'amount_too_small',
    });

  const expiresAt = wholeNumber(textAt(form, 'expires_at') ?? String(now + daySeconds), 'expires_at');
  if (expiresAt < now + 30 * minuteSeconds || expiresAt > now + daySeconds)
    throw invalid(
      'expires_at',
      'The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.',
    );
  const types = listAt(form, 'payment_method_types').filter((type) => typeof type === 'string');
  const intent = formAt(form, 'payment_intent_data');
  return {
    amount,
    currency: first.currency,
    title: lines.map(({ name }) => name).join(', '),
    successUrl,
    cancelUrl,
    clientReferenceId: textAt(form, 'client_reference_id') ?? null,
    customerEmail: textAt(form, 'customer_email') ?? null,
    metadata: textsAt(form, 'metadata'),
    intentMetadata: textsAt(intent, 'metadata'),
    intentDescription: textAt(intent, 'description') ?? null,
    paymentMethodTypes: types.length > 0 ? types : ['card', 'us_bank_account'],
    expiresAt,
  };
}
