import type { QboState, QboStatus } from '../../../invoices/invoice-state.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { SettledBy } from './payments/settled-by.js';

export interface StatusFacts {
  totalCents: number;
  balanceCents: number;
  dueOn: CalendarDay | null;
  privateNote: string | null;
}

/**
 * Paid only when there was something to pay and nothing is left. A void has no total, so it is never Paid; Balance 0
 * alone says nothing.
 */
export function qboStatusOf({ totalCents, balanceCents }: StatusFacts): QboStatus {
  if (balanceCents > 0) return 'Open';
  return balanceCents === 0 && totalCents > 0 ? 'Paid' : 'Unknown';
}

/**
 * How an invoice stands, judged by its money, its note and the calendar of the company (`today`, not an instant).
 * QuickBooks has no status field: a void leaves total and balance 0 and writes "Voided" into the note. People edit
 * notes, so an invoice that once had a total and has none now counts as voided too. `settled` tells paid by cash from
 * settled by a credit; null, or left out, where that is not known.
 */
export function qboStateOf(
  facts: StatusFacts,
  today: CalendarDay,
  previousTotalCents: number | null,
  settled: SettledBy | null = null,
): Exclude<QboState, 'deleted'> {
  const { totalCents, balanceCents, dueOn, privateNote } = facts;
  if (totalCents === 0 && balanceCents === 0) {
    const saysVoided = /\bvoided\b/i.test(privateNote ?? '');
    return saysVoided || (previousTotalCents ?? 0) > 0 ? 'voided' : 'paid';
  }
  if (balanceCents <= 0) return settled === 'credit' ? 'settled_by_credit' : 'paid';
  if (dueOn !== null && dueOn < today) return 'overdue';
  return balanceCents < totalCents ? 'partially_paid' : 'open';
}

/**
 * What is settled of an invoice, in cents: its total less its balance, by cash or credit. A void has nothing settled.
 */
export function settledCentsOf({
  totalCents,
  balanceCents,
}: Pick<StatusFacts, 'totalCents' | 'balanceCents'>): number {
  return Math.max(totalCents - balanceCents, 0);
}
