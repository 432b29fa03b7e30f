import type { InboxCode } from '../messages/inbox-messages.js';

export const INBOX_EVENTS = [
  'opened',
  'opened_again',
  'changed',
  'retry_queued',
  'retried',
  'resolved',
  'dismissed',
] as const;

/**
 * - `opened`, `opened_again`: it came to the inbox, for the first time or once more after it was closed
 * - `changed`: it waits for another reason than before
 * - `retry_queued`: a person asked for all of its kind to be tried again
 * - `retried`: it was tried; `outcome` says what came of it
 * - `resolved`: a person mended it, or it came right by itself
 * - `dismissed`: a person decided that nothing is to be done
 */
export type InboxEventKind = (typeof INBOX_EVENTS)[number];

/** One thing that happened to an item. */
export interface InboxEvent {
  itemId: number;
  event: InboxEventKind;
  at: Date;
  /** Who did it; null where nobody had to. */
  userId: number | null;
  userName: string | null;
  code: InboxCode | null;
  qboCode: string | null;
  reason: string | null;
  intuitTid: string | null;
  /** The document in QuickBooks that a person named. */
  qboId: string | null;
  /** What came of a retry; null while it is under way, or where its process died. */
  outcome: 'open' | 'resolved' | null;
  error: string | null;
}
