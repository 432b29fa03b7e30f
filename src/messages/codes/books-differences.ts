import type { InboxMessage } from './inbox-message.js';

/** What differs between here and the books, or has to be decided about before it can be. */
export const BOOKS_DIFFERENCES = {
  reads_short: {
    meaning:
      'The documents of QuickBooks are not read for reports: the read budget of the month has no room for it',
    nextStep:
      "Raise QBO_READ_BUDGET_PER_MONTH if Intuit's plan allows it, or wait: it goes on by itself as soon as the " +
      'budget has room, at the latest with the next month that has, and this closes then.',
    severity: 'blocked',
    retryable: 'never',
  },
  aging_unexplained: {
    meaning: "QuickBooks' receivables and the CRM's differ, and nothing explains it",
    nextStep:
      'Compare the day again by POST /reports/aging/compare {"as_of": "…"}: it names the customers. Look at them in ' +
      'QuickBooks and in GET /reports/aging?scope=company; when every cent has its reason, this closes by itself.',
    severity: 'difference',
    retryable: 'never',
  },
  payment_removed: {
    meaning: 'A payment was deleted or voided in QuickBooks',
    nextStep:
      'Enter the payment in QuickBooks again and resolve this with its id; or refund the customer by POST ' +
      '/payments/{payment_id}/refund {"reason": "…"}, and this closes by itself.',
    severity: 'money',
    retryable: 'never',
  },
  refund_removed: {
    meaning:
      'The receipt of a refund was deleted or voided in QuickBooks, and the payment that it gives back was not',
    nextStep:
      'Enter the refund in QuickBooks again and resolve this with its id; where it stands there as another document, ' +
      'resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  refund_without_payment: {
    meaning: 'A refund is in the books, and the payment that it gives back was deleted or voided there',
    nextStep:
      'Delete the refund receipt in QuickBooks, and this closes by itself; or enter the payment there again and ' +
      'resolve this with its id.',
    severity: 'money',
    retryable: 'never',
  },
  payment_on_account: {
    meaning: "A customer's payment is on no invoice",
    nextStep:
      'Apply it to an invoice in QuickBooks, or give it back, and this closes by itself; to leave it as ' +
      'a credit, resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  total_differs: {
    meaning:
      'An invoice, a payment, a refund or a credit memo in QuickBooks is over another sum than was sent',
    nextStep:
      'Compare the document in QuickBooks with the proposal (tax, the exchange rate, a rule or a person there may ' +
      'have changed it). Corrected there, it closes this by itself; to keep it as it is, resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  customer_differs: {
    meaning: 'A payment, a refund or a credit memo was moved to another customer in QuickBooks',
    nextStep:
      'See whose money it is. Moved back to its own customer in QuickBooks, it closes this by itself; put a payment ' +
      'or a credit memo on its invoice again then. To leave it where it is, resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  invoice_drift: {
    meaning: 'Somebody changed the invoice in QuickBooks',
    nextStep:
      'Agree with the customer which of the two holds. To go back, change it in QuickBooks and this ' +
      'closes by itself; to keep it, resolve this.',
    severity: 'difference',
    retryable: 'never',
  },
  invoice_number_taken: {
    meaning: 'An invoice was given the number of another one in QuickBooks',
    nextStep:
      'Give it back its own number in QuickBooks, and this closes by itself; to keep the one it has, resolve this.',
    severity: 'difference',
    retryable: 'never',
  },
  deposit_exceeds_final: {
    meaning: 'More of a deposit is held than is left to bill of its contract',
    nextStep:
      'Refund the rest by POST /payments/{id}/refund {"amount_cents": …, "reason": "…"}, with the id that ' +
      'GET /payments?proposal_id={proposal_id} names, and this closes by itself; or make a change order for what the ' +
      'customer wants in place of it.',
    severity: 'money',
    retryable: 'never',
  },
  credit_left: {
    meaning: 'A credit memo of a change order is on no invoice',
    nextStep:
      'Use it on another invoice in QuickBooks, or pay it out there as an expense on Accounts Receivable and link ' +
      'the two, and this closes by itself; to leave it as a credit, resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  credit_memo_gone: {
    meaning: 'The credit memo of a change order was voided or deleted in QuickBooks',
    nextStep:
      'Make it anew by POST /proposals/{proposal_id}/change-orders/{number}/approve {"reason": "…"}, and this ' +
      'closes by itself; or take the change back by another change order, or credit it in QuickBooks by hand, then ' +
      'resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  credit_memo_twice: {
    meaning: 'A voided credit memo stands in QuickBooks again, beside the one that was made in its place',
    nextStep:
      'Void or delete one of the two in QuickBooks, and this closes by itself; to keep both, resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  invoice_unwanted: {
    meaning: 'There is an invoice of a proposal that was cancelled',
    nextStep:
      'Void it by POST /invoices/{invoice_id}/void or in QuickBooks, and this closes by itself; to keep it, ' +
      'resolve this.',
    severity: 'difference',
    retryable: 'never',
  },
  held_elsewhere: {
    meaning:
      'An invoice settles a deposit or retainage in the books of a QuickBooks company that was connected before',
    nextStep:
      'Move it by a journal entry in each company, against the account of what the two owe each other: in the one ' +
      'before debit the account of the deposits, or credit that of the retainage; in this one the reverse. Then ' +
      'resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  invoice_twice: {
    meaning: 'A voided invoice stands in QuickBooks again, beside the one that was made in its place',
    nextStep:
      'Void it by POST /invoices/{invoice_id}/void or in QuickBooks, and this closes by itself; to keep both, ' +
      'resolve this.',
    severity: 'money',
    retryable: 'never',
  },
  customer_match: {
    meaning: 'The customer may be in QuickBooks already',
    nextStep:
      'Link one of them by POST /customers/{customer_id}/match, make a new one, or keep the customer out of ' +
      'QuickBooks.',
    severity: 'blocked',
    retryable: 'together',
  },
  customer_drift: {
    meaning: 'The customer was changed here and in QuickBooks',
    nextStep:
      'See which of the two is right. To have the other back, change it here, and it goes over. Then resolve this.',
    severity: 'difference',
    retryable: 'never',
  },
  many_invoices_gone: {
    meaning: 'Many invoices are gone from QuickBooks at once',
    nextStep:
      'See in QuickBooks whether the company was reset or restored; if so, dismiss this and mend it ' +
      'there. If the invoices were deleted on purpose, resolve this, and they are marked deleted when QuickBooks is ' +
      'read next.',
    severity: 'money',
    retryable: 'never',
  },
} satisfies Record<string, InboxMessage>;
