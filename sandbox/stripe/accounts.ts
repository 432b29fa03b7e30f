import { type Form, formAt, textAt } from './form.ts';
import { newId } from './objects.ts';
import { choiceOf, metadataAt } from './parameters.ts';

/** What can be said of a business when its account is opened. */
const PROFILE = [
  'mcc',
  'name',
  'product_description',
  'support_email',
  'support_phone',
  'support_url',
  'url',
] as const;

type Profile = Record<(typeof PROFILE)[number], string | null>;

/** An account, as `/v1/accounts` and `/v1/account` show it: one that may charge, of whom nothing more is asked. */
export interface StripeAccountShown {
  id: string;
  object: 'account';
  business_profile: Profile & {
    minority_owned_business_designation: null;
    support_address: null;
  };
  business_type: string | null;
  capabilities: Record<string, 'active'>;
  charges_enabled: true;
  controller: object;
  country: string;
  created: number;
  default_currency: string;
  details_submitted: true;
  email: string | null;
  external_accounts: object;
  future_requirements: object;
  metadata: Record<string, string>;
  payouts_enabled: true;
  requirements: object;
  settings: object;
  tos_acceptance: { date: null; ip: null; user_agent: null };
  type: string;
}

/** What an account is opened with. */
export type AccountRequest = Partial<
  Pick<StripeAccountShown, 'business_type' | 'country' | 'email' | 'metadata' | 'type'>
> & { profile?: Partial<Profile>; capabilities?: readonly string[] };

/** Reads the form of `POST /v1/accounts`; throws a StripeError. Pure. */
export function accountRequestOf(form: Form): AccountRequest {
  const profile = PROFILE.map((name) => [name, textAt(form, 'business_profile', name)] as const);
  const given = {
    business_type: textAt(form, 'business_type'),
    country: textAt(form, 'country'),
    email: textAt(form, 'email'),
    type: choiceOf(textAt(form, 'type'), 'type', ['custom', 'express', 'standard']),
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    metadata: metadataAt(form, 'metadata'),
    profile: Object.fromEntries(profile.filter(([, text]) => text !== undefined)),
    capabilities: Object.keys(formAt(form, 'capabilities')),
  };
}

const DUE = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
} as const;

const ALWAYS = ['card_payments', 'transfers', 'us_bank_account_ach_payments'];

/** Who pays Stripe, bears losses and asks for what is required, by the type of an account. */
const CONTROLLERS: Readonly<Record<string, object>> = {
  custom: {
    fees: { payer: 'application_custom' },
    is_controller: true,
    losses: { payments: 'application' },
    requirement_collection: 'application',
    stripe_dashboard: { type: 'none' },
    type: 'application',
  },
  express: {
    fees: { payer: 'application_express' },
    is_controller: true,
    losses: { payments: 'application' },
    requirement_collection: 'stripe',
    stripe_dashboard: { type: 'express' },
    type: 'application',
  },
};
const OF_ITSELF = {
  fees: { payer: 'account' },
  losses: { payments: 'stripe' },
  requirement_collection: 'stripe',
  stripe_dashboard: { type: 'full' },
  type: 'account',
};

function settingsOf(name: string | null): object {
  return {
    branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
    card_payments: {
      decline_on: { avs_failure: false, cvc_failure: false },
      statement_descriptor_prefix: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    dashboard: { display_name: name, timezone: 'Etc/UTC' },
    payments: {
      statement_descriptor: null,
      statement_descriptor_kana: null,
      statement_descriptor_kanji: null,
    },
    payouts: {
      debit_negative_balances: true,
      schedule: { delay_days: 2, interval: 'daily' },
      statement_descriptor: null,
    },
  };
}

/** An account that is ready to charge. `created` is in epoch seconds. */
export function newAccount(
  { profile = {}, capabilities = [], ...details }: AccountRequest,
  created: number,
  id = newId('acct', 16),
): StripeAccountShown {
  const type = details.type ?? 'standard';
  const empty = Object.fromEntries(PROFILE.map((name) => [name, null])) as Profile;
  const said = { ...empty, ...profile };
  const able = capabilities.length > 0 ? capabilities : ALWAYS;
  return {
    id,
    object: 'account',
    business_profile: { ...said, minority_owned_business_designation: null, support_address: null },
    business_type: details.business_type ?? null,
    capabilities: Object.fromEntries(able.map((name) => [name, 'active' as const])),
    charges_enabled: true,
    controller: CONTROLLERS[type] ?? OF_ITSELF,
    country: details.country ?? 'US',
    created,
    default_currency: 'usd',
    details_submitted: true,
    email: details.email ?? null,
    external_accounts: {
      object: 'list',
      data: [],
      has_more: false,
      url: `/v1/accounts/${id}/external_accounts`,
    },
    future_requirements: DUE,
    metadata: details.metadata ?? {},
    payouts_enabled: true,
    requirements: DUE,
    settings: settingsOf(said.name),
    tos_acceptance: { date: null, ip: null, user_agent: null },
    type,
  };
}
