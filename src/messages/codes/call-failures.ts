import type { InboxMessage } from './inbox-message.js';

/** What QuickBooks said no to, or did not answer, whatever was asked of it. */
export const CALL_FAILURES = {
  not_connected: {
    meaning: 'QuickBooks is not connected',
    nextStep: 'Connect QuickBooks at /qbo/oauth/start, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  needs_reauth: {
    meaning: 'QuickBooks has to be connected again',
    nextStep: 'Connect QuickBooks again at /qbo/oauth/start, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  connection_lost: {
    meaning: 'QuickBooks does not accept our access any more',
    nextStep: 'Connect QuickBooks again at /qbo/oauth/start; the rest follows by itself.',
    severity: 'blocked',
    retryable: 'never',
  },
  forbidden: {
    meaning: 'QuickBooks does not allow it for the connected company or the person who connected it',
    nextStep:
      'Check in QuickBooks that the person who connected may still do this and that the plan allows it, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  throttled: {
    meaning: 'QuickBooks asks to wait: too many requests for this company',
    nextStep: 'Wait a minute, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  stale: {
    meaning: 'Somebody changed the record in QuickBooks at the same moment',
    nextStep: 'Retry; somebody changed it in QuickBooks at the same moment.',
    severity: 'blocked',
    retryable: 'together',
  },
  duplicate_name: {
    meaning: 'QuickBooks has a customer, vendor or employee of this name already',
    nextStep: 'Rename one of the two in QuickBooks or here, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  duplicate_number: {
    meaning: 'QuickBooks has a document with this number already',
    nextStep:
      'Look in QuickBooks for the document with this number. If it is this one, resolve this with its ' +
      'id; if not, retry.',
    severity: 'blocked',
    retryable: 'singly',
  },
  not_found: {
    meaning: 'QuickBooks does not have the record, or something it refers to is inactive',
    nextStep:
      'Make the customer or the product active again in QuickBooks; of a customer that was merged into another ' +
      'there, end the link by POST /customers/{customer_id}/match with {"action":"unlink"} and have it made anew ' +
      'with {"action":"create"}; then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  books_closed: {
    meaning: 'The books are closed for this date in QuickBooks',
    nextStep:
      'The books are closed for this date. Open the period in QuickBooks, or book it there by hand and ' +
      'resolve this with its id.',
    severity: 'blocked',
    retryable: 'together',
  },
  subscription: {
    meaning: 'The QuickBooks subscription of this company has ended or has a billing problem',
    nextStep: 'Renew the QuickBooks subscription, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  validation: {
    meaning: 'QuickBooks refused what was sent',
    nextStep: 'Mend what QuickBooks names, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  transient: {
    meaning: 'QuickBooks failed before it can have done anything',
    nextStep: 'Retry; if it happens again, look at the status page of QuickBooks.',
    severity: 'blocked',
    retryable: 'together',
  },
  uncertain: {
    meaning: 'The answer of QuickBooks was lost, so it may have been done',
    nextStep: 'Look in QuickBooks. If it is there, resolve this with its id; if it is not, retry.',
    severity: 'blocked',
    retryable: 'singly',
  },
  malformed: {
    meaning: 'The answer of QuickBooks cannot be understood',
    nextStep: 'Retry; if it happens again, report it with the trace id.',
    severity: 'blocked',
    retryable: 'together',
  },
  currency_not_enabled: {
    meaning: 'The connected QuickBooks company does not keep the currency of the proposal',
    nextStep: 'Turn Multicurrency on in QuickBooks and add the currency there, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  currency_not_active: {
    meaning: 'The currency of the proposal is not on the list of currencies in QuickBooks',
    nextStep: 'Add the currency in QuickBooks, under Currencies, then retry.',
    severity: 'blocked',
    retryable: 'together',
  },
  no_exchange_rate: {
    meaning: 'QuickBooks has no exchange rate of the last seven days for the currency',
    nextStep: "Set today's exchange rate in QuickBooks, under Currencies, then retry.",
    severity: 'blocked',
    retryable: 'together',
  },
} satisfies Record<string, InboxMessage>;
