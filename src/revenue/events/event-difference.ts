import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { DerivedEvent, PostedEvent, PostedSum } from './revenue-event.js';

type Key = Pick<DerivedEvent, 'kind' | 'item' | 'sourceKind' | 'sourceId'>;

/** A part of an amount, and the day from which it counts. */
type Placed = Pick<PostedEvent, 'postedOn' | 'cents'>;

const keyOf = ({ kind, item, sourceKind, sourceId }: Key): string =>
  [kind, item, sourceKind, sourceId].join('|');

const keyOfDay = (event: Key & Pick<DerivedEvent, 'eventOn'>): string => `${keyOf(event)}|${event.eventOn}`;

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
    const key = keyOfDay(event);
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
  const standing = Map.groupBy(posted, keyOfDay);
  return [...differences.values()]
    .filter(({ cents }) => cents !== 0)
    .toSorted((one, other) => compare(one.eventOn, other.eventOn) || compare(keyOf(one), keyOf(other)))
    .flatMap((event) => {
      const key = keyOf(event);
      const { eventOn } = event;
      const from = firstOpenDay !== null && eventOn < firstOpenDay ? firstOpenDay : eventOn;
      return placesOf(event.cents, from, standing.get(keyOfDay(event)) ?? []).map((placed) => {
        const sequence = (sequences.get(key) ?? 0) + 1;
        sequences.set(key, sequence);
        return { ...event, ...placed, sequence };
      });
    });
}

/**
 * From when on an amount counts. What takes back something that counts from a later day, since its own month was closed
 * when it was learned and is open again, counts where that does, the latest first: the month that is open again never
 * had it. The rest counts `from` its own day, or the first open one.
 */
function placesOf(cents: number, from: CalendarDay, posted: readonly Placed[]): Placed[] {
  const places: Placed[] = [];
  let leftCents = cents;
  for (const later of posted.toSorted((one, other) => compare(other.postedOn, one.postedOn))) {
    if (leftCents === 0) break;
    if (later.postedOn <= from || Math.sign(later.cents) !== -Math.sign(leftCents)) continue;
    const backCents = Math.sign(leftCents) * Math.min(Math.abs(leftCents), Math.abs(later.cents));
    places.push({ postedOn: later.postedOn, cents: backCents });
    leftCents -= backCents;
  }
  return leftCents === 0 ? places : [...places, { postedOn: from, cents: leftCents }];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
