import { momentText } from '../messages/format.js';
import type { InboxEvent } from './inbox-event.js';
import type { InboxItem } from './inbox-item.js';

/** That an item is closed, how, when and by whom, for whoever decides about it once more. Pure. */
export function closedWords(
  { id, state, closedAt }: Pick<InboxItem, 'id' | 'state' | 'closedAt'>,
  history: readonly InboxEvent[],
  timeZone: string,
): string {
  const end = history.findLast(({ itemId, event }) => itemId === id && event === state);
  const who = end?.userName ?? (end?.userId == null ? null : `user ${end.userId}`);
  const how =
    who === null ? (state === 'resolved' ? 'it came right' : `it was ${state}`) : `${who} ${state} it`;
  const when = closedAt === null ? '' : ` on ${momentText(closedAt, timeZone)}`;
  return `Inbox item ${id} is closed: ${how}${when}. Its history shows what happened to it.`;
}
