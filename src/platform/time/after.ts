/** A day of 24 hours. Days of the calendar are in calendar-day.ts: some are shorter, some longer. */
export const DAY_SECONDS = 86_400;
export const DAY_MS = DAY_SECONDS * 1000;

/** The instant so many milliseconds later; of a negative number, earlier. */
export function after(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
