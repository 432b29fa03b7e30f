/**
 * How much an item matters, most first: `money` is wrong or at risk, work is `blocked`, or two records show a
 * `difference`.
 */
export const SEVERITIES = ['money', 'blocked', 'difference'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * How it can be tried again: `together` with others of its code, `singly`, because somebody has to look at the vendor
 * first whether it was done, or `never`, because there is nothing to try.
 */
export type Retryable = 'together' | 'singly' | 'never';

/** What an item of the inbox says by its code. */
export interface InboxMessage {
  /** What the code means, as a clause without its stop. */
  meaning: string;
  /** What a bookkeeper does next. */
  nextStep: string;
  severity: Severity;
  retryable: Retryable;
}

/**
 * Every code under which something waits for a person. Codes are stable, for programs; the sentences are for people.
 */
const MESSAGES = {
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
      'customer by POST /payments/{payment_id}/refund {"reason": "…"}, and this closes by itself.',
    severity: 'money',
    retryable: 'singly',
  },
  invoice_missing: {
    meaning: 'The invoice of a payment was given up',
    nextStep:
      'Make the invoice by POST /invoices/{invoice_id}/remake, and this follows by itself; or refund the ' +
      'customer by POST /payments/{payment_id}/refund {"reason": "…"}, and this closes by itself.',
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
      'the books of its day are closed, take it back by a sales receipt of today over the same item, then resolve ' +
      'this.',
    severity: 'money',
    retryable: 'never',
  },
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

export type InboxCode = keyof typeof MESSAGES;

export const INBOX_CODES = Object.keys(MESSAGES) as InboxCode[];

/** Those about e-mails to customers. They explain nothing about money or QuickBooks. */
export const MAIL_CODES: readonly InboxCode[] = [
  'reminder_failed',
  'reminder_uncertain',
  'proposal_not_emailed',
];

/**
 * While a version is replaced, and after it is gone back from, the rows of a newer one are read by one that has no
 * words for them. It may be about money, for all that is known here; its reason and next step are in its row.
 */
const OF_A_NEWER_VERSION: InboxMessage = {
  meaning: 'A newer version of this program asks something',
  nextStep: 'Do what it says, or decide it once every process is of the newer version.',
  severity: 'money',
  retryable: 'never',
};

export function inboxMessageOf(code: string): InboxMessage {
  return Object.hasOwn(MESSAGES, code) ? MESSAGES[code as InboxCode] : OF_A_NEWER_VERSION;
}

/** Codes under which no money is wrong or at risk; any other may be one of a newer version. */
export const NO_MONEY_CODES = INBOX_CODES.filter((code) => inboxMessageOf(code).severity !== 'money');

/**
 * The one to speak of first of several: the most severe, and of these the newest, which comes first in `items`. Pure.
 */
export function mostSevere<Item extends { code: InboxCode }>(items: readonly Item[]): Item | null {
  const rank = ({ code }: Item): number => SEVERITIES.indexOf(inboxMessageOf(code).severity);
  return items.toSorted((one, other) => rank(one) - rank(other))[0] ?? null;
}
