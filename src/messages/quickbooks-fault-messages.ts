/**
 * Why a call to QuickBooks did not give what was asked, sorted by what to do about it:
 *
 * - `not_connected`, `needs_reauth`: a person has to connect (again); nothing was sent
 * - `forbidden`: the company or the plan does not allow it; stop and tell
 * - `throttled`: wait a minute, this company only
 * - `stale`: the SyncToken was old (5010); read again, apply once more
 * - `duplicate_name` (6240), `duplicate_number` (6140)
 * - `not_found` (610): deleted, or a reference to something inactive
 * - `books_closed` (6210), `subscription` (6190)
 * - `validation`: any other refusal of what was sent; sending it again will not help
 * - `transient`: QuickBooks failed before it can have done anything, or only reads were asked for
 * - `uncertain`: a write whose answer was lost or unreadable; it may have been done
 * - `currency_not_enabled`, `currency_not_active`, `no_exchange_rate`: the books do not keep it; nothing was sent
 * - `malformed`: an answer to a read that could not be understood
 */
export type QboErrorKind =
  | 'not_connected'
  | 'needs_reauth'
  | 'forbidden'
  | 'throttled'
  | 'stale'
  | 'duplicate_name'
  | 'duplicate_number'
  | 'not_found'
  | 'books_closed'
  | 'subscription'
  | 'validation'
  | 'transient'
  | 'uncertain'
  | 'currency_not_enabled'
  | 'currency_not_active'
  | 'no_exchange_rate'
  | 'malformed';

/** What one of QuickBooks' fault codes means to us: its kind, in a plain clause, and what a bookkeeper does next. */
export interface FaultCode {
  kind: QboErrorKind;
  meaning: string;
  nextStep: string;
}

const REPORT = 'Report it with the trace id; it is for a programmer to mend. Until then book it by hand.';

/**
 * Every code of Intuit's list that can be answered to what we ask. A code that is not here is a refusal
 * of what was sent, with the general sentence of its kind.
 */
export const FAULT_CODES: Readonly<Record<string, FaultCode>> = Object.assign(Object.create(null) as object, {
  '100': fault(
    'transient',
    'QuickBooks did not accept our sign-in',
    'Retry; if it stays, connect QuickBooks again.',
  ),
  '110': fault(
    'transient',
    'QuickBooks did not accept our token',
    'Retry; if it stays, connect QuickBooks again at /qbo/oauth/start.',
  ),
  '120': fault(
    'forbidden',
    'The person who connected QuickBooks has lost access to this company',
    'Have somebody who is an administrator in QuickBooks connect again at /qbo/oauth/start, then retry.',
  ),
  '130': fault(
    'transient',
    'QuickBooks was asking at the wrong one of its own places',
    'Nothing to do; it is tried again by itself.',
  ),
  '150': fault(
    'transient',
    'QuickBooks is under maintenance',
    'Wait until the status page of QuickBooks says it is over; it is tried again by itself.',
  ),
  '500': mistake('QuickBooks does not know the operation that was asked for'),
  '600': fault(
    'uncertain',
    'QuickBooks has seen this very request before, so an earlier attempt may have been done',
    'Look in QuickBooks. If it is there, resolve this with its id; if it is not, retry.',
  ),
  '610': fault(
    'not_found',
    'QuickBooks does not have this record any more, or something it refers to is inactive',
    'Make the customer or the product active again in QuickBooks; of a customer that was merged into another there, ' +
      'end the link by POST /customers/{customer_id}/match with {"action":"unlink"} and have it made anew with ' +
      '{"action":"create"}; then retry.',
  ),
  '620': refusal(
    'QuickBooks cannot link this to the invoice',
    'See in QuickBooks that the invoice is open and of the same customer and currency, then retry or link it there.',
  ),
  '800': refusal(
    'QuickBooks keeps it, because other transactions depend on it',
    'Take the payments and credits off it in QuickBooks, then retry.',
  ),
  '1000': fault(
    'uncertain',
    'QuickBooks failed inside and does not say what it did',
    'Look in QuickBooks whether it was done. If so, resolve this with its id; if not, retry.',
  ),
  '1010': fault(
    'uncertain',
    'QuickBooks failed inside and may have done it all the same',
    'Look in QuickBooks whether it is there. If so, resolve this with its id; if not, retry.',
  ),
  '1020': mistake('QuickBooks does not support what was asked for'),
  '1040': mistake('Too much was sent to QuickBooks at once'),
  '2000': mistake('QuickBooks does not know this kind of record'),
  '2010': mistake('QuickBooks does not know a field that was sent'),
  '2020': refusal(
    'QuickBooks misses something it requires',
    'Its own words name what is missing: a custom field or a setting of the company may require it. Fill ' +
      'it in or lift the rule, then retry.',
  ),
  '2030': refusal(
    'QuickBooks does not take an id that was sent',
    'See that the customer and the product still exist in QuickBooks, then retry.',
  ),
  '2040': refusal(
    'QuickBooks does not take a character in a text',
    'Take unusual characters (colons, tabs, line breaks) out of the name or the description, then retry.',
  ),
  '2050': refusal(
    'A text is longer than QuickBooks takes',
    'Shorten what its own words name, mostly a name or a description, then retry.',
  ),
  '2060': refusal(
    'QuickBooks does not take a date',
    'See the terms and the time zone in the settings of the organisation, then retry.',
  ),
  '2070': refusal(
    'QuickBooks does not take a number that was sent',
    'See the amounts and quantities of the proposal, then retry.',
  ),
  '2080': amount('QuickBooks does not take the form of an amount'),
  '2090': amount('An amount is too large or too small for QuickBooks'),
  '2100': amount('An amount has more decimals than QuickBooks takes'),
  '2110': amount('QuickBooks does not take an amount'),
  '2130': mistake('QuickBooks does not take the key of our request'),
  '2170': refusal(
    'QuickBooks does not offer a choice that was sent',
    'See the settings that its own words name (terms, payment method, tax), then retry.',
  ),
  '2210': refusal(
    'QuickBooks does not take the e-mail address of the customer',
    'Correct the e-mail address of the customer, then retry.',
  ),
  '2220': refusal(
    'QuickBooks does not take the currency',
    'Turn on Multicurrency in QuickBooks and give the customer this currency, or make the proposal in ' +
      'the home currency, then retry.',
  ),
  '2250': refusal(
    'QuickBooks misses the lines of the document',
    'See that the proposal has a line with an amount and the product of the settings exists, then retry.',
  ),
  '2290': refusal(
    'QuickBooks takes no negative amount here',
    'Give back money as a refund or a credit memo instead of a negative amount.',
  ),
  '2310': mistake('QuickBooks cannot read what was sent'),
  '2500': fault(
    'not_found',
    'What was sent refers to a customer, product, account or term that QuickBooks does not have',
    'See which of them its own words name; make it again in QuickBooks or choose another in the settings, then retry.',
  ),
  '3001': fault(
    'throttled',
    'QuickBooks asks to wait: too many requests for this company',
    'Wait a minute, then retry.',
  ),
  '3100': fault(
    'forbidden',
    'QuickBooks does not let this app into the company',
    'Connect the company again at /qbo/oauth/start; if that does not help, the app belongs to another ' +
      'environment (QBO_ENV). Then retry.',
  ),
  '3200': fault(
    'transient',
    'QuickBooks did not accept the access token',
    'Retry; if it stays, connect QuickBooks again at /qbo/oauth/start, then retry.',
  ),
  '3202': fault(
    'transient',
    'QuickBooks did not accept the signature of our access',
    'Retry; if it stays, connect the company anew at /qbo/oauth/start.',
  ),
  '4000': mistake('QuickBooks cannot read the question that was asked'),
  '4001': mistake('QuickBooks does not answer the question that was asked'),
  '5010': fault(
    'stale',
    'Somebody changed the record in QuickBooks at the same moment',
    'Retry; their change is kept.',
  ),
  '5020': fault(
    'forbidden',
    'The person who connected QuickBooks may not do this there',
    'Give that person the right in QuickBooks (Manage users), or have an administrator connect again, then retry.',
  ),
  '5030': fault(
    'forbidden',
    'The QuickBooks plan of this company does not have this feature',
    'Upgrade the QuickBooks plan or turn the feature off that its own words name, then retry.',
  ),
  '6000': refusal(
    'A rule of the business in QuickBooks forbids it',
    'Do what its own words ask for in QuickBooks, then retry.',
  ),
  '6070': refusal(
    'An amount is not quantity times price in the eyes of QuickBooks',
    'See the lines of the proposal; make price and quantity come to the amount, then retry.',
  ),
  '6080': refusal('The customer has no name', 'Give the customer a name, then retry.'),
  '6140': fault(
    'duplicate_number',
    'QuickBooks has a document with this number already',
    'Look in QuickBooks for the document with this number. If it is this one, resolve this with its id; if not, retry.',
  ),
  '6190': fault(
    'subscription',
    'The QuickBooks subscription of this company has ended or has a billing problem',
    'Renew the QuickBooks subscription, then retry all of this kind.',
  ),
  '6200': fault(
    'books_closed',
    'The books are closed for this date in QuickBooks, and only a password opens them',
    'Have whoever keeps the password of the closing date move it (Account and settings, Advanced), then retry.',
  ),
  '6210': fault(
    'books_closed',
    'The books are closed for this date in QuickBooks',
    'Open the period in QuickBooks and retry all of this kind, or book it there by hand and resolve this with its id.',
  ),
  '6240': fault(
    'duplicate_name',
    'QuickBooks has a customer, vendor or employee of this name already',
    'Rename one of the two in QuickBooks or here, then retry; if it is the same person, resolve this with its id.',
  ),
  '6540': refusal(
    'The money was deposited in QuickBooks already, so the transaction cannot be changed',
    'Take it off the bank deposit in QuickBooks, then retry.',
  ),
  '10000': fault(
    'uncertain',
    'QuickBooks failed and does not say whether it was done',
    'Look in QuickBooks. If it was done, resolve this with its id; if it was not, retry.',
  ),
  '10100': mistake('The answer of QuickBooks is too long to be sent'),
} satisfies Record<string, FaultCode>);

function fault(kind: QboErrorKind, meaning: string, nextStep: string): FaultCode {
  return { kind, meaning, nextStep };
}

/** Something a person can change: a text, a setting, a rule in QuickBooks. */
function refusal(meaning: string, nextStep: string): FaultCode {
  return { kind: 'validation', meaning, nextStep };
}

function amount(meaning: string): FaultCode {
  return refusal(meaning, 'Correct the amounts of the proposal, then retry.');
}

/** Something no bookkeeper can change. */
function mistake(meaning: string): FaultCode {
  return { kind: 'validation', meaning: `${meaning}, which is a mistake of this program`, nextStep: REPORT };
}
