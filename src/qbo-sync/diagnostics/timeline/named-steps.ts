import type { AuditAction } from '../../../audit/audit-action.js';
import type { DeedFact, Step } from './timeline-facts.js';

/** The actions that are about a proposal, or can be. */
type ActionOfProposal = Extract<
  AuditAction,
  `${'proposal' | 'contract' | 'change_order' | 'link' | 'checkout' | 'payment' | 'invoice' | 'inbox'}.${string}`
>;

/** The steps that follow from what a person did, by its action; empty where none does. */
const STEPS_OF: Record<ActionOfProposal, readonly string[]> = {
  'proposal.created': [],
  'proposal.updated': [],
  'proposal.approved': ['approve'],
  'proposal.emailed': ['email_sent'],
  'contract.rescheduled': [],
  'contract.milestone_reached': [],
  'contract.progress_set': [],
  'contract.completed': [],
  'change_order.created': ['change_order_created'],
  'change_order.approved': ['change_order_approved'],
  'change_order.credited_anew': ['credit_memo_requested'],
  'change_order.voided': ['change_order_voided'],
  'link.created': ['link_created'],
  'link.revoked': ['link_revoked'],
  'checkout.requested': ['checkout_created'],
  'payment.refund_requested': ['refund_requested', 'payment_refunded'],
  'invoice.requested': ['invoice_requested'],
  'invoice.void_requested': ['invoice_void_requested', 'invoice_voided'],
  'invoice.updated': [],
  'invoice.reminded': ['reminder_sent'],
  'invoice.compare_requested': [],
  'inbox.retried': [],
  'inbox.retry_all_requested': [],
  'inbox.dismissed': ['inbox_dismissed'],
  'inbox.resolved': ['inbox_resolved'],
};

/** What changes a proposal and leaves no other trace on it. */
const OWN_STEP: Partial<Record<ActionOfProposal, string>> = {
  'proposal.updated': 'proposal_updated',
  'contract.rescheduled': 'contract_rescheduled',
  'contract.milestone_reached': 'milestone_reached',
  'contract.progress_set': 'progress_set',
  'contract.completed': 'contract_completed',
  'invoice.updated': 'invoice_updated',
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
    for (const event of stepsOf(action)) {
      const near = named
        .filter((step) => step.event === event && !step.actor && distance(step.at, at) <= TOGETHER_MS)
        .toSorted((one, other) => distance(one.at, at) - distance(other.at, at));
      if (near[0]) near[0].actor = actor;
    }
  }
  const own = deeds.flatMap(({ action, at, actor }): Step[] => {
    const event = isOfProposal(action) ? OWN_STEP[action] : undefined;
    return event === undefined ? [] : [{ at, event, source: 'crm', actor }];
  });
  return [...named, ...own];
}

function distance(one: Date, other: Date): number {
  return Math.abs(one.getTime() - other.getTime());
}

function stepsOf(action: string): readonly string[] {
  return isOfProposal(action) ? STEPS_OF[action] : [];
}

function isOfProposal(action: string): action is ActionOfProposal {
  return Object.hasOwn(STEPS_OF, action);
}
