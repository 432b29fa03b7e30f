import type { InboxMessage } from './inbox-message.js';

/** E-mails that did not reach a customer. */
export const UNDELIVERED_MAIL = {
  reminder_failed: {
    meaning: 'A reminder of an invoice did not reach the customer',
    nextStep:
      'See that the e-mail address is right (PATCH /customers/{customer_id}), then remind the customer by ' +
      'POST /invoices/{invoice_id}/remind, or in another way and resolve this.',
    severity: 'difference',
    retryable: 'never',
  },
  reminder_uncertain: {
    meaning: 'Whether a reminder of an invoice reached the customer is not known',
    nextStep:
      'Ask the customer, or send another by POST /invoices/{invoice_id}/remind; where it arrived, resolve this.',
    severity: 'difference',
    retryable: 'never',
  },
  proposal_not_emailed: {
    meaning: 'The e-mail with a proposal did not reach the customer',
    nextStep:
      'See that the e-mail address is right (PATCH /customers/{customer_id}), then send it again by ' +
      'POST /portal/email/{proposal_id}, or bring the customer a link in another way and resolve this.',
    severity: 'blocked',
    retryable: 'never',
  },
} satisfies Record<string, InboxMessage>;
