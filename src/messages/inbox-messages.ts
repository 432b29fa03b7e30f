/** Why something waits for a person. Stable, for programs. The first group is what QuickBooks itself refuses. */
export const INBOX_CODES = [
  'not_connected',
  'needs_reauth',
  'forbidden',
  'throttled',
  'stale',
  'duplicate_name',
  'duplicate_number',
  'not_found',
  'books_closed',
  'subscription',
  'validation',
  'transient',
  'uncertain',
  'malformed',
  'paid_not_approved',
  'invoice_settled_already',
  'invoice_gone',
  'invoice_missing',
  'payment_missing',
  'payment_unapplied',
  'total_differs',
  'invoice_drift',
  'invoice_unwanted',
  'customer_drift',
  'many_invoices_gone',
  'stripe_event_failed',
  'dispute_open',
  'dispute_lost',
  'refund_failed',
  'refund_reversed',
] as const;

export type InboxCode = (typeof INBOX_CODES)[number];

const NEXT_STEPS: Record<InboxCode, string> = {
  not_connected: 'Connect QuickBooks at /qbo/oauth/start, then retry.',
  needs_reauth: 'Connect QuickBooks again at /qbo/oauth/start, then retry.',
  forbidden:
    'Check in QuickBooks that the person who connected may still do this and that the plan allows it, then retry.',
  throttled: 'Wait a minute, then retry.',
  stale: 'Retry; somebody changed it in QuickBooks at the same moment.',
  duplicate_name: 'Rename one of the two in QuickBooks or here, then retry.',
  duplicate_number:
    'Look in QuickBooks for the document with this number. If it is this one, resolve this with its id; if not, retry.',
  not_found: 'Make the customer or the product active again in QuickBooks, or choose another, then retry.',
  books_closed:
    'The books are closed for this date. Open the period in QuickBooks, or book it there by hand and resolve this with its id.',
  subscription: 'Renew the QuickBooks subscription, then retry.',
  validation: 'Mend what QuickBooks names, then retry.',
  transient: 'Retry; if it happens again, look at the status page of QuickBooks.',
  uncertain: 'Look in QuickBooks. If it is there, resolve this with its id; if it is not, retry.',
  malformed: 'Retry; if it happens again, report it with the trace id.',
  paid_not_approved:
    'Refund the customer by POST /payments/{id}/refund, or make a new proposal of it and approve that, then resolve this.',
  invoice_settled_already:
    'See in QuickBooks whether this very payment was entered by hand. If so, resolve this with its id; if not, refund it by POST /payments/{id}/refund, or retry to record it as a credit.',
  invoice_gone:
    'Make the invoice anew by POST /qbo/invoice/{proposal_id} with {"again": true}, and this follows by itself; or refund the customer by POST /payments/{id}/refund, then resolve this.',
  invoice_missing:
    'Make the invoice by POST /qbo/invoice/{proposal_id}, and this follows by itself; or refund the customer by POST /payments/{id}/refund, then resolve this.',
  payment_missing:
    'Record the payment first, and this follows by itself; or enter the refund in QuickBooks by hand and resolve this.',
  payment_unapplied: 'Apply the rest of the payment in QuickBooks, or refund it, then resolve this.',
  total_differs:
    'Compare the invoice in QuickBooks with the proposal (tax or a rule there may have changed it), then resolve this.',
  invoice_drift:
    'Agree with the customer which of the two holds. To go back, change it in QuickBooks and this closes by itself; to keep it, resolve this.',
  invoice_unwanted:
    'Void it by POST /qbo/invoice/{proposal_id}/void or in QuickBooks, and this closes by itself; to keep it, resolve this.',
  customer_drift:
    'See which of the two is right. To have the other back, change it here and it goes over; else resolve this.',
  many_invoices_gone:
    'See in QuickBooks whether the company was reset or restored; if so, dismiss this and mend it there. If the invoices were deleted on purpose, resolve this, and the next sweep marks them deleted.',
  stripe_event_failed:
    'Retry. If it fails again, do by hand what the event in Stripe tells of, report it with its id, and resolve this.',
  dispute_open: 'Answer the dispute in Stripe with your evidence; this closes by itself when it is won.',
  dispute_lost:
    'Where the payment stands on the invoice in QuickBooks, take it off, so that it is due again, or write it off there; agree with the customer, then resolve this.',
  refund_reversed:
    'Delete the refund receipt in QuickBooks, or change it to what was refunded, then resolve this.',
  refund_failed:
    'Pay the customer back in another way, or refund again by POST /payments/{id}/refund, then resolve this.',
};

/** What a bookkeeper does next about it. */
export function nextStepFor(code: InboxCode): string {
  return NEXT_STEPS[code];
}
