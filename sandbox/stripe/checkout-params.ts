import { uiModesOf } from './api-version.ts';
import { checkChargeable } from './amount-limits.ts';
import { type OrderedLine, orderedLine } from './checkout-line.ts';
import { type IntentTexts, type PageOptions, intentTextsOf, pageOptionsOf } from './checkout-options.ts';
import { type Form, formAt, listAt, textAt } from './form.ts';
import { checkEmail, checkKnown, metadataAt, wholeNumber } from './parameters.ts';
import { paymentMethodsOf } from './payment-method-types.ts';
import { StripeError, invalid, missing } from './stripe-error.ts';

/** What a Checkout Session is created from, read and checked. Amounts are integer minor units. */
export interface CheckoutParams {
  amount: number;
  currency: string;
  title: string;
  lines: readonly OrderedLine[];
  successUrl: string;
  cancelUrl: string | null;
  clientReferenceId: string | null;
  customerEmail: string | null;
  metadata: Record<string, string>;
  intentMetadata: Record<string, string>;
  intentDescription: string | null;
  intentTexts: IntentTexts;
  pageOptions: PageOptions;
  allowedPaymentMethodTypes: readonly string[] | null;
  paymentMethodTypes: readonly string[];
  /** Epoch seconds. */
  expiresAt: number;
}

const REFERENCE_MAX = 200;
/** Every parameter of `POST /v1/checkout/sessions`, also those the sandbox does nothing with. */
const KNOWN = new Set(
  (
    'adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types ' +
    'automatic_tax billing_address_collection branding_settings cancel_url client_reference_id ' +
    'consent_collection currency custom_fields custom_text customer customer_account ' +
    'customer_creation customer_email customer_update discounts excluded_payment_method_types expand ' +
    'expires_at integration_identifier invoice_creation line_items locale managed_payments metadata ' +
    'mode name_collection optional_items origin_context payment_intent_data ' +
    'payment_method_collection payment_method_configuration payment_method_data ' +
    'payment_method_options payment_method_types permissions phone_number_collection ' +
    'redirect_on_completion return_url saved_payment_method_options setup_intent_data ' +
    'shipping_address_collection shipping_options submit_type subscription_data success_url ' +
    'tax_id_collection ui_mode wallet_options'
  ).split(' '),
);
const daySeconds = 86_400;
const minuteSeconds = 60;

function checkUiMode(asked: string | undefined, version: string): void {
  const modes = uiModesOf(version);
  if (asked === undefined || asked === modes[0]) return;
  const known = modes.join(', ');
  throw invalid(
    'ui_mode',
    modes.includes(asked)
      ? `Invalid ui_mode: must be ${modes[0]} here; pages of your own are not served by this sandbox`
      : `Invalid ui_mode: must be one of ${known}`,
  );
}

/**
 * Reads the form of `POST /v1/checkout/sessions` as an API version has it; throws a `StripeError` that names
 * the wrong field. `now` is in epoch seconds. Pure.
 */
export function checkoutParamsOf(form: Form, now: number, version: string): CheckoutParams {
  checkKnown(form, KNOWN);
  const mode = textAt(form, 'mode');
  if (mode === undefined) throw missing('mode');
  if (mode !== 'payment')
    throw invalid(
      'mode',
      `Invalid mode: must be payment here; subscriptions and setups are not sold by this sandbox`,
    );
  checkUiMode(textAt(form, 'ui_mode'), version);
  const successUrl = textAt(form, 'success_url');
  if (!successUrl) throw missing('success_url');
  const cancelUrl = textAt(form, 'cancel_url') ?? null;
  for (const [param, url] of [
    ['success_url', successUrl],
    ['cancel_url', cancelUrl],
  ] as const)
    if (url !== null && !URL.canParse(url))
      throw new StripeError('Not a valid URL', { code: 'url_invalid', param });

  const lines = listAt(form, 'line_items').map(orderedLine);
  const [first] = lines;
  if (!first) throw missing('line_items');
  if (lines.some(({ currency }) => currency !== first.currency))
    throw invalid('line_items', 'All line items must have the same currency.');
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  checkChargeable(amount, first.currency, 'line_items');

  const expiresAt = wholeNumber(textAt(form, 'expires_at') ?? String(now + daySeconds), 'expires_at');
  if (expiresAt < now + 30 * minuteSeconds || expiresAt > now + daySeconds)
    throw invalid(
      'expires_at',
      'The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.',
    );
  const customerEmail = textAt(form, 'customer_email') ?? null;
  if (customerEmail !== null) checkEmail(customerEmail, 'customer_email');
  const clientReferenceId = textAt(form, 'client_reference_id') ?? null;
  if ((clientReferenceId ?? '').length > REFERENCE_MAX)
    throw invalid('client_reference_id', `Invalid string: must be at most ${REFERENCE_MAX} characters`);
  const methods = paymentMethodsOf(form, version);
  const intent = formAt(form, 'payment_intent_data');
  return {
    amount,
    currency: first.currency,
    lines,
    title: lines.map(({ name }) => name).join(', '),
    successUrl,
    cancelUrl,
    clientReferenceId,
    customerEmail,
    metadata: metadataAt(form, 'metadata'),
    intentMetadata: metadataAt(intent, 'metadata', 'payment_intent_data[metadata]'),
    intentDescription: textAt(intent, 'description') ?? null,
    intentTexts: intentTextsOf(form),
    pageOptions: pageOptionsOf(form),
    allowedPaymentMethodTypes: methods.allowed,
    paymentMethodTypes: methods.types,
    expiresAt,
  };
}
