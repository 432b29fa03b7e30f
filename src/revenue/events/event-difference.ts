import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { DerivedEvent, PostedEvent, PostedSum } from './revenue-event.js';

type Key = Pick<DerivedEvent, 'kind' | 'item' | 'sourceKind' | 'sourceId'>;

const keyOf = ({ kind, item, sourceKind, sourceId }: Key): string =>
  [kind, item, sourceKind, sourceId].join('|');

/**
 * What has to be added to the posted events so that they come to what the facts say: nothing where they do already.
 * What changed is taken back on the day it was of, and stands again on its new one; no event is ever altered. One whose
 * own day lies in a closed month counts from `firstOpenDay` on and keeps its day. Pure.
 */
export function eventDifference(
  derived: readonly DerivedEvent[],
  posted: readonly PostedSum[],
  firstOpenDay: CalendarDay | null,
): PostedEvent[] {
  const differences = new Map<string, DerivedEvent>();
  const add = (event: DerivedEvent, sign: 1 | -1): void => {
    const key = `${keyOf(event)}|${event.eventOn}`;
    const cents = (differences.get(key)?.cents ?? 0) + sign * event.cents;
    const { kind, item, sourceKind, sourceId, eventOn } = event;
    differences.set(key, { kind, item, sourceKind, sourceId, eventOn, cents });
  };
  for (const event of derived) add(event, 1);
  const sequences = new Map<string, number>();
  for (const sum of posted) {
    add(sum, -1);
    const key = keyOf(sum);
    sequences.set(key, Math.max(sequences.get(key) ?? 0, sum.sequence));
  }
  return [...differences.values()]
    .filter(({ cents }) => cents !== 0)
    .toSorted((one, other) => compare(one.eventOn, other.eventOn) || compare(keyOf(one), keyOf(other)))
    .map((event) => {
      const key = keyOf(event);
      const sequence = (sequences.get(key) ?? 0) + 1;
      sequences.set(key, sequence);
      const { eventOn } = event;
      return {
        ...event,
        postedOn: firstOpenDay !== null && eventOn < firstOpenDay ? firstOpenDay : eventOn,
        sequence,
      };
    });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
