import { QboError } from '../../api/errors/qbo-error.js';
import type { QboEndpoint } from '../../api/model/endpoints.js';
import type { ReadRows, Unreadable } from '../../api/model/unreadable.js';

type Unread = Pick<ReadRows<unknown>, 'unreadable'>;

/** One that could be ours and cannot be read: by its note, or because that cannot be read either. Pure. */
export function unreadOfOurs(
  { unreadable }: Unread,
  isOurs: (note: string, id: string) => boolean,
): Unreadable | undefined {
  return unreadable.find(
    ({ id, privateNote: note }) => note === null || (note !== undefined && isOurs(note, id)),
  );
}

/**
 * Throws QboError where one of these could be ours and cannot be read. It is there, so that no more may be made; and
 * what it is nobody can say. Others' are no matter. Pure.
 */
export function assertNoneOfOurs(
  rows: Unread,
  operation: QboEndpoint,
  isOurs: (note: string, id: string) => boolean,
): void {
  const ours = unreadOfOurs(rows, isOurs);
  if (!ours) return;
  const { entity, id, reason } = ours;
  throw new QboError(
    'malformed',
    `QuickBooks has ${entity} ${id}, which may be this one and cannot be read: ${reason}.`,
    { operation },
  );
}
