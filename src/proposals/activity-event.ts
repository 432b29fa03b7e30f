/** Everything that is logged about a proposal. The names are part of the contract: dashboards and callers read them. */
export const ACTIVITY_EVENTS = [
  'view',
  'approve',
  'cancel',
  'email_sent',
  'checkout_created',
  'checkout_expired',
  'payment_success',
  'payment_failed',
  'payment_refunded',
  'payment_refund_failed',
  'payment_disputed',
  'payment_dispute_closed',
  'payment_amount_differs',
  'invoice_created',
  'invoice_total_differs',
  'payment_recorded',
  'payment_applied',
  'refund_recorded',
  'invoice_partially_paid',
  'invoice_paid',
  'invoice_reopened',
  'invoice_voided',
  'invoice_deleted',
  'invoice_changed',
] as const;

export type ActivityEvent = (typeof ACTIVITY_EVENTS)[number];
