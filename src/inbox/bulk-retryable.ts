import type { InboxItem } from './inbox-item.js';

/** An item that is not tried again with the others of its kind, and why. */
export interface BulkRetryableItem {
  id: number;
  reason: string;
}

/** Why an open item is left when all of its kind are tried again; null where nothing keeps it from its turn. Pure. */
export function bulkRetryableOf({ id, retry, retryQueuedAt, nextStep }: InboxItem): BulkRetryableItem | null {
  if (retry === null) return { id, reason: `Nothing is left to retry here. ${nextStep}` };
  if (retry === 'singly') {
    return { id, reason: `It may have been done, so it is not tried again unseen. ${nextStep}` };
  }
  return retryQueuedAt === null
    ? null
    : { id, reason: 'It is being tried again already; its history tells what comes of it.' };
}
