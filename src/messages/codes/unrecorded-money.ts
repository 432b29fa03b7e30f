import type { InboxMessage } from './inbox-message.js';

/** Money of payments, refunds and credits that does not come into the books by itself, or not where it belongs. */
export const UNRECORDED_MONEY = {
  paid_not_approved: {
    meaning: 'Money came for a proposal that is not approved',
    nextStep:
      'Refund the customer by POST /payments/{payment_id}/refund {"reason": "…"}, and this closes by itself; or make ' +
      'a new proposal of it and approve that, then resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  invoice_settled_already: {
    meaning: 'Less is open on the invoice than was paid',
    nextStep:
      'See in QuickBooks whether this very payment was entered by hand. If so, resolve this with its id; ' +
      'if not, refund it by POST /payments/{payment_id}/refund {"reason": "…"}, and this closes by itself; or retry ' +
      'to record it as a credit.',
    severity: 'money',
    retryable: 'singly',
  },
  invoice_gone: {
    meaning: 'The invoice of a payment is gone from QuickBooks',
    nextStep:
      'Make the invoice anew by POST /invoices/{invoice_id}/remake, and this follows by itself; or refund the ' +
      'customer by POST /payments/{payment_id}/refund {"reason": "…"}, and this closes by itself. Where the ' +
      'payment was entered in QuickBooks by hand, resolve this.',
    severity: 'money',
    retryable: 'singly',
  },
  invoice_missing: {
    meaning: 'The invoice of a payment was given up',
    nextStep:
      'Make the invoice by POST /invoices/{invoice_id}/remake, and this follows by itself; or refund the ' +
      'customer by POST /payments/{payment_id}/refund {"reason": "…"}, and this closes by itself. Where the ' +
      'payment was entered in QuickBooks by hand, resolve this.',
    severity: 'money',
    retryable: 'singly',
  },
  payment_left: {
    meaning:
      'A payment may not be in the books: the question about it was closed before its invoice was there',
    nextStep:
      'See in QuickBooks whether this payment was entered by hand. If so, apply it there to its invoice and resolve ' +
      'this with its id; if not, retry, and it is recorded on its invoice; or refund the customer by POST ' +
      '/payments/{payment_id}/refund {"reason": "…"}, and this closes by itself.',
    severity: 'money',
    retryable: 'singly',
  },
  payment_missing: {
    meaning: 'The payment of a refund is not in the books',
    nextStep:
      'Record the payment first, and this follows by itself; or enter the refund in QuickBooks by hand ' +
      'and resolve this.',
    severity: 'money',
    retryable: 'singly',
  },
  payment_elsewhere: {
    meaning: 'The payment of a refund is in another QuickBooks company than the one connected',
    nextStep:
      'Connect the company of the payment again, and this follows by itself; or enter the refund there by hand ' +
      'and resolve this.',
    severity: 'money',
    retryable: 'singly',
  },
  refund_beside_credit: {
    meaning: 'A refund may pay out a credit memo of a change order that is on no invoice',
    nextStep:
      'If it pays the credit out, enter it in QuickBooks as an expense on Accounts Receivable from the account that ' +
      'the payment went to, link it to the credit memo and resolve this; if it is given back beside the credit, retry.',
    severity: 'money',
    retryable: 'singly',
  },
  refund_on_account: {
    meaning: 'A refund gives back money that is on account in QuickBooks, and on no invoice',
    nextStep:
      'Enter it in QuickBooks as an expense on Accounts Receivable from the account that the payment went to, ' +
      'link it to the payment and resolve this; where the payment was put on an invoice meanwhile, or it is to come ' +
      'off income all the same, retry.',
    severity: 'money',
    retryable: 'singly',
  },
  credit_beside_refund: {
    meaning: 'A refund may have given back already what a change order credits',
    nextStep:
      'If the refund gave it back, resolve this, and no credit memo is made; if it gave back a part, retry and lower ' +
      'the credit memo in QuickBooks by that part; if all of it is credited beside the refund, retry.',
    severity: 'money',
    retryable: 'singly',
  },
  credit_elsewhere: {
    meaning: 'The invoices of a credit memo are in another QuickBooks company than the one connected',
    nextStep:
      'Connect the company of the invoices again, and this follows by itself; to credit it there by hand, resolve or ' +
      'dismiss this, and no credit memo is made.',
    severity: 'money',
    retryable: 'singly',
  },
  payment_unapplied: {
    meaning: 'QuickBooks applied a part of the payment only',
    nextStep: 'Apply the rest of the payment in QuickBooks, or refund it, then resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  payment_on_other_invoice: {
    meaning: 'A payment or a credit is recorded on an invoice in whose place another one is linked',
    nextStep:
      'Where the customer paid for the invoice that is linked now, apply the payment to that one in QuickBooks; else ' +
      'link the other one again. Either closes this by itself; to leave both as they are, resolve this.',
    severity: 'money',
    retryable: 'never',
  },
} satisfies Record<string, InboxMessage>;
