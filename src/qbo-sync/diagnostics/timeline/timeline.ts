import { stepsOfActivity } from './activity-steps.js';
import { namedSteps } from './named-steps.js';
import { stepsOfOperation } from './operation-steps.js';
import { sentDocuments } from './sent-document.js';
import type { Sources, ProposalFigures, Step, TimelineItem } from './timeline-facts.js';

export const TIMELINE_ITEMS_MAX = 500;

const AT_FIRST: ProposalFigures = {
  status: 'draft',
  deposit_paid_cents: 0,
  qbo_state: null,
  qbo_total_cents: null,
  qbo_paid_cents: 0,
};

/** What comes first of what happened at the same instant: the cause before its effect. */
const ORDER = [
  'link_created',
  'email_sent',
  'view',
  'approve',
  'checkout_created',
  'payment_success',
  'customer_requested',
  'customer_created',
  'invoice_requested',
  'invoice_created',
  'payment_requested',
  'payment_recorded',
  'payment_applied',
  'reminder_sent',
  'refund_requested',
  'refund_recorded',
  'change_order_created',
  'change_order_approved',
  'credit_memo_requested',
  'credit_memo_created',
  'credit_memo_application_requested',
  'credit_memo_applied',
  'invoice_partially_paid',
  'invoice_paid',
];

/**
 * Everything known of the way of one proposal, oldest first, each step once: what several tables tell of one happening
 * is one item. `before` and `after` are what the step changed, followed from the first step on. Pure.
 * Of a very long story the newest part is told.
 */
export function timelineOf(sources: Sources): TimelineItem[] {
  const documents = sentDocuments(sources.operations);
  const steps = [
    ...sources.activities.flatMap((activity) => stepsOfActivity(activity, documents, sources.currency)),
    ...sources.operations.flatMap((operation) => stepsOfOperation(operation, sources.activities)),
    ...sources.stripeEvents.map(({ at, type, eventId }): Step => ({
      at,
      event: type,
      source: 'stripe',
      requestId: eventId,
    })),
    ...sources.links.flatMap(({ createdAt, revokedAt }): Step[] => [
      { at: createdAt, event: 'link_created', source: 'crm' },
      ...(revokedAt ? [{ at: revokedAt, event: 'link_revoked', source: 'crm' } as const] : []),
    ]),
    ...sources.inbox.flatMap(({ createdAt, closedAt, code, state, intuitTid }): Step[] => [
      {
        at: createdAt,
        event: 'inbox_opened',
        source: 'inbox',
        intuitTid,
        change: { before: null, after: { state: 'open', code } },
      },
      ...(closedAt
        ? [
            {
              at: closedAt,
              event: `inbox_${state}`,
              source: 'inbox',
              change: { before: { state: 'open', code }, after: { state, code } },
            } as const,
          ]
        : []),
    ]),
  ];
  return followed(namedSteps(steps, sources.deeds).toSorted(inOrder)).slice(-TIMELINE_ITEMS_MAX);
}

function inOrder(one: Step, other: Step): number {
  return one.at.getTime() - other.at.getTime() || rank(one.event) - rank(other.event);
}

/**
 * Stripe tells of a payment before it is booked; what has no place of its own comes after, and the inbox tells of it
 * last.
 */
function rank(event: string): number {
  const known = ORDER.indexOf(event);
  if (known >= 0) return known;
  if (event.startsWith('inbox_')) return ORDER.length + 1;
  return event.startsWith('checkout.session.') ? ORDER.indexOf('checkout_created') + 0.5 : ORDER.length;
}

/** Fills in what each step changed, from how things stood before it. */
function followed(steps: readonly Step[]): TimelineItem[] {
  let standing = AT_FIRST;
  return steps.map(
    ({ at, event, source, requestId = null, intuitTid = null, actor = null, sets, change }) => {
      const after = sets?.(standing) ?? null;
      const before = after && pick(standing, after);
      standing = { ...standing, ...after };
      return { at, event, source, requestId, intuitTid, actor, ...(change ?? { before, after }) };
    },
  );
}

function pick(standing: ProposalFigures, keys: Partial<ProposalFigures>): Partial<ProposalFigures> {
  return Object.fromEntries(Object.entries(standing).filter(([key]) => key in keys));
}
