import type { DeedFact, Step } from './timeline-facts.js';

/** The steps that follow from what a person did, by its action. */
const STEPS_OF: Record<string, readonly string[]> = {
  'proposal.approved': ['approve'],
  'link.created': ['link_created'],
  'link.revoked': ['link_revoked'],
  'checkout.requested': ['checkout_created'],
  'change_order.created': ['change_order_created'],
  'change_order.approved': ['change_order_approved'],
  'change_order.voided': ['change_order_voided'],
  'invoice.requested': ['invoice_requested'],
  'invoice.void_requested': ['invoice_void_requested', 'invoice_voided'],
  'payment.refund_requested': ['refund_requested', 'payment_refunded'],
  'inbox.dismissed': ['inbox_dismissed'],
  'inbox.resolved': ['inbox_resolved'],
};

/** What changes a proposal and leaves no other trace on it. */
const OWN_STEP: Record<string, string> = {
  'proposal.updated': 'proposal_updated',
  'contract.rescheduled': 'contract_rescheduled',
  'contract.completed': 'contract_completed',
};

/** A step and what a person did belong together where they are no further apart. */
const TOGETHER_MS = 60_000;

/**
 * Puts the person to each step that somebody's deed led to, and adds what a person changed and nothing else tells. A
 * deed names the nearest step of its kind within a minute. Pure.
 */
export function namedSteps(steps: readonly Step[], deeds: readonly DeedFact[]): Step[] {
  const named = steps.map((step) => ({ ...step }));
  for (const { action, at, actor } of deeds) {
    for (const event of STEPS_OF[action] ?? []) {
      const near = named
        .filter((step) => step.event === event && !step.actor && distance(step.at, at) <= TOGETHER_MS)
        .toSorted((one, other) => distance(one.at, at) - distance(other.at, at));
      if (near[0]) near[0].actor = actor;
    }
  }
  const own = deeds.flatMap(({ action, at, actor }): Step[] => {
    const event = OWN_STEP[action];
    return event === undefined ? [] : [{ at, event, source: 'crm', actor }];
  });
  return [...named, ...own];
}

function distance(one: Date, other: Date): number {
  return Math.abs(one.getTime() - other.getTime());
}
