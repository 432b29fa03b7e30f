import type { InboxMessage } from './inbox-message.js';

/** What Stripe, or a bank by it, has done or could not do. */
export const STRIPE_QUESTIONS = {
  stripe_event_failed: {
    meaning: 'An event of Stripe could not be processed',
    nextStep:
      'Retry. If it fails again, do by hand what the event in Stripe tells of, report it with its id, ' +
      'and resolve this.',
    severity: 'money',
    retryable: 'together',
  },
  payment_unknown: {
    meaning: 'Money came by a payment page that was opened after the backup this database was restored from',
    nextStep:
      'See whether the payment is in QuickBooks, by the id of Stripe in its note; if not, enter it there on the ' +
      'invoice, or refund it in Stripe. Link the invoice, as the runbook says of a restored backup, so that the ' +
      'proposal shows it paid, then resolve this. Until then the customer is not asked to pay the same again.',
    severity: 'money',
    retryable: 'never',
  },
  page_elsewhere: {
    meaning: 'A payment page is open in another Stripe account than that of the key',
    nextStep:
      'End the page in the account it was opened in, or see there whether it was paid, then resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  dispute_open: {
    meaning: 'The bank of the customer disputes a payment',
    nextStep: 'Answer the dispute in Stripe with your evidence; this closes by itself when it is won.',
    severity: 'money',
    retryable: 'never',
  },
  dispute_lost: {
    meaning: 'The bank took money back, because the dispute was lost',
    nextStep:
      'Where the payment stands on the invoice in QuickBooks, take it off, so that it is due again, or ' +
      'write it off there; agree with the customer, then resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  payment_not_owed: {
    meaning: 'More was paid than was owed',
    nextStep:
      'Refund it by POST /payments/{payment_id}/refund {"amount_cents": …, "reason": "…"}, or agree with the ' +
      'customer what it is for, then resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  refund_failed: {
    meaning: 'A refund did not reach the customer',
    nextStep:
      'Refund again by POST /payments/{payment_id}/refund {"amount_cents": …, "reason": "…"}; or pay the customer ' +
      'back in another way and write that down by POST /payments/{payment_id}/refund {"amount_cents": …, ' +
      '"reason": "…", "outside_stripe": true}. This closes by itself once as much is on its way again, at once or in ' +
      'parts; else resolve it.',
    severity: 'money',
    retryable: 'never',
  },
  refund_reversed: {
    meaning: 'A refund that is in the books failed at Stripe',
    nextStep:
      'Delete the refund receipt in QuickBooks, or change it to what was refunded, and this closes by itself; where ' +
      'the books of its day are closed, take what failed back by a sales receipt of today under the products and tax ' +
      'codes of the refund receipt, then resolve this.',
    severity: 'money',
    retryable: 'never',
  },
} satisfies Record<string, InboxMessage>;
