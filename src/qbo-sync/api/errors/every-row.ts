import type { QboEndpoint } from '../model/endpoints.js';
import type { ReadRows } from '../model/unreadable.js';
import { QboError } from './qbo-error.js';

/** The rows, where each of them matters: throws QboError where one cannot be read. Pure. */
export function everyRow<T>({ read, unreadable: [bad] }: ReadRows<T>, operation: QboEndpoint): T[] {
  if (!bad) return read;
  throw new QboError(
    'malformed',
    `QuickBooks gave an answer that cannot be read: ${bad.entity} ${bad.id}: ${bad.reason}.`,
    { operation },
  );
}
