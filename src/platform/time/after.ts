/** A day of 24 hours, in milliseconds. Days of the calendar are in calendar-day.ts: some are shorter, some longer. */
export const DAY_MS = 86_400_000;

/** The instant so many milliseconds later; of a negative number, earlier. */
export function after(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
