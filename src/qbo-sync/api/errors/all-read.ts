import type { QboEndpoint } from '../model/endpoints.js';
import type { ReadRows } from '../model/unreadable.js';
import { QboError } from './qbo-error.js';

type Unread = Pick<ReadRows<unknown>, 'unreadable'>;

/**
 * Throws QboError where one of these rows cannot be read: for whoever has not found what was looked for among those
 * that can, and needs to know that it is not there. Pure.
 */
export function assertAllRead({ unreadable: [bad] }: Unread, operation: QboEndpoint): void {
  if (!bad) return;
  throw new QboError(
    'malformed',
    `QuickBooks gave an answer that cannot be read: ${bad.entity} ${bad.id}: ${bad.reason}.`,
    { operation },
  );
}
