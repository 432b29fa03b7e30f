import { type Form, formAt, textAt } from './form.ts';
import { checkEmail, checkKnown, choiceOf } from './parameters.ts';

/** What the hosted page is to do beside taking money: the sandbox's does none of it, and answers it as it was sent. */
export interface PageOptions {
  allow_promotion_codes: boolean | null;
  billing_address_collection: string | null;
  customer_creation: string;
  locale: string | null;
  phone_number_collection: { enabled: boolean };
  submit_type: string | null;
}

/** What is written on the payment intent and its charge as it was sent. */
export interface IntentTexts {
  receipt_email: string | null;
  statement_descriptor_suffix: string | null;
  transfer_group: string | null;
}

export const NO_TEXTS: IntentTexts = {
  receipt_email: null,
  statement_descriptor_suffix: null,
  transfer_group: null,
};

const isTrue = (text: string | undefined): boolean => text?.toLowerCase() === 'true';

/** Reads what a session is to do beside taking money; throws where that is no choice of Stripe's. Pure. */
export function pageOptionsOf(form: Form): PageOptions {
  const chosen = <const Choice extends string>(
    param: string,
    choices: readonly Choice[],
  ): Choice | undefined => choiceOf(textAt(form, param), param, choices);
  const promotions = textAt(form, 'allow_promotion_codes');
  return {
    allow_promotion_codes: promotions === undefined ? null : isTrue(promotions),
    billing_address_collection: chosen('billing_address_collection', ['auto', 'required']) ?? null,
    customer_creation: chosen('customer_creation', ['always', 'if_required']) ?? 'if_required',
    locale: textAt(form, 'locale') ?? null,
    phone_number_collection: { enabled: isTrue(textAt(form, 'phone_number_collection', 'enabled')) },
    submit_type: chosen('submit_type', ['auto', 'book', 'donate', 'pay', 'subscribe']) ?? null,
  };
}

/** Every parameter of `payment_intent_data`, also those the sandbox does nothing with. */
const INTENT_DATA = new Set(
  (
    'application_fee_amount capture_method description metadata on_behalf_of receipt_email ' +
    'setup_future_usage shipping statement_descriptor statement_descriptor_suffix transfer_data transfer_group'
  ).split(' '),
);

/** Reads `payment_intent_data`; throws where Stripe does not know a word of it. Pure. */
export function intentTextsOf(form: Form): IntentTexts {
  const data = formAt(form, 'payment_intent_data');
  checkKnown(data, INTENT_DATA, 'payment_intent_data');
  const receiptEmail = textAt(data, 'receipt_email') ?? null;
  if (receiptEmail !== null) checkEmail(receiptEmail, 'payment_intent_data[receipt_email]');
  return {
    receipt_email: receiptEmail,
    statement_descriptor_suffix: textAt(data, 'statement_descriptor_suffix') ?? null,
    transfer_group: textAt(data, 'transfer_group') ?? null,
  };
}
