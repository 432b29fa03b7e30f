import { documentKeyOfActivity, type SentDocument } from './sent-document.js';
import type { ActivityFact, ProposalFigures, Step, TimelineSource, Values } from './timeline-facts.js';

const BY_QUICKBOOKS = new Set([
  'payment_recorded',
  'payment_applied',
  'refund_recorded',
  'credit_memo_created',
  'credit_memo_applied',
  'credit_memo_voided',
  'credit_memo_deleted',
]);
const BY_STRIPE = new Set(['checkout_expired']);

/** The step an entry of the activity log stands for, with the vendor's ids where another table has them. */
export function stepsOfActivity(
  activity: ActivityFact,
  documents: ReadonlyMap<string, SentDocument>,
  currency: string,
): Step[] {
  const { at, event, meta, occurrence } = activity;
  const document = documents.get(documentKeyOfActivity(activity));
  return [
    {
      at,
      event,
      source: sourceOf(activity),
      requestId: event === 'checkout_created' ? occurrence : (document?.requestId ?? null),
      intuitTid: document?.intuitTid ?? null,
      sets: (standing) => effectOf(event, meta, standing, currency),
      ...(event === 'invoice_changed' && { change: changedIn(meta) }),
    },
  ];
}

function sourceOf({ event, meta }: ActivityFact): TimelineSource {
  if (event === 'view') return 'customer';
  if (event === 'approve' || event === 'change_order_approved')
    return String(meta.approved_by).startsWith('link:') ? 'customer' : 'crm';
  if (event.startsWith('invoice_') || BY_QUICKBOOKS.has(event)) return 'quickbooks';
  return event.startsWith('payment_') || BY_STRIPE.has(event) ? 'stripe' : 'crm';
}

/** What was edited on an invoice in QuickBooks, as it was and as it is. */
function changedIn({ before, after }: Record<string, unknown>): { before: Values; after: Values } {
  return { before: (before ?? {}) as Values, after: (after ?? {}) as Values };
}

function effectOf(
  event: string,
  meta: Record<string, unknown>,
  standing: ProposalFigures,
  currency: string,
): Partial<ProposalFigures> | null {
  const cents = typeof meta.amount_cents === 'number' ? meta.amount_cents : 0;
  const ours = meta.currency === undefined || meta.currency === currency;
  const deposited = (by: number) => ({ deposit_paid_cents: standing.deposit_paid_cents + (ours ? by : 0) });
  const change = typeof meta.deposit_change_cents === 'number' ? meta.deposit_change_cents : null;
  switch (event) {
    case 'approve':
      return { status: 'approved' };
    case 'cancel':
      return { status: 'cancelled' };
    case 'payment_success':
      return meta.kind === undefined || meta.kind === 'deposit' ? deposited(cents) : null;
    case 'payment_refunded':
      return deposited(change ?? -cents);
    case 'payment_refund_failed':
      return deposited(change ?? cents);
    case 'payment_dispute_closed': {
      // Entries from before refunds and disputes were rows say what was lost by this step.
      const before = typeof meta.lost_cents === 'number' ? -meta.lost_cents : null;
      return change === null && before === null ? null : deposited(change ?? before!);
    }
    case 'invoice_created':
      return { qbo_state: 'open', qbo_total_cents: cents };
    case 'invoice_partially_paid':
      return { qbo_state: 'partially_paid', qbo_paid_cents: standing.qbo_paid_cents + cents };
    case 'invoice_paid':
      return { qbo_state: 'paid', qbo_paid_cents: cents };
    case 'invoice_reopened':
      return { qbo_state: 'open' };
    case 'invoice_changed': {
      const { amount_cents: total } = changedIn(meta).after;
      if (typeof total !== 'number') return null;
      return { qbo_total_cents: total, ...(standing.qbo_state === 'voided' && { qbo_state: 'open' }) };
    }
    case 'invoice_voided':
      return { qbo_state: 'voided' };
    case 'invoice_deleted':
      return { qbo_state: 'deleted' };
    default:
      return null;
  }
}
