import type { InboxCode } from '../messages/inbox-messages.js';

export const INBOX_STATES = ['open', 'resolved', 'dismissed'] as const;
export type InboxState = (typeof INBOX_STATES)[number];

/** What can be decided from the inbox about a customer that may be in QuickBooks already, beside linking one there. */
export const ITEM_DECISIONS = ['create', 'exclude'] as const;
export type ItemDecision = (typeof ITEM_DECISIONS)[number];

/**
 * How an item can be tried again: `together` with others of its kind, or `singly`, because somebody has to look at the
 * vendor first whether it was done; null where there is nothing to try.
 */
export type RetryManner = 'together' | 'singly';

/** Something that waits for a person, or did. */
export interface InboxItem {
  id: number;
  orgId: number;
  /** What it is about, such as `invoice.create:17`: one open item per subject. */
  subject: string;
  code: InboxCode;
  /** QuickBooks' own code behind it, `6210`. */
  qboCode: string | null;
  reason: string;
  nextStep: string;
  retry: RetryManner | null;
  retryQueuedAt: Date | null;
  retryQueuedBy: number | null;
  proposalId: number | null;
  /** The customer it is about, or the proposal's. */
  customerId: number | null;
  customerName: string | null;
  intuitTid: string | null;
  state: InboxState;
  createdAt: Date;
  updatedAt: Date;
  closedAt: Date | null;
}

/** What a subject is made of: its kind, and what is known by that kind as an id. */
export function partsOf(subject: string): { kind: string; id: string } {
  const colon = subject.indexOf(':');
  return colon < 0
    ? { kind: subject, id: '' }
    : { kind: subject.slice(0, colon), id: subject.slice(colon + 1) };
}
