import { addDays, dayInZone } from '../../src/platform/time/calendar-day.js';
import { Clock } from '../../src/platform/time/clock.js';

/** A clock that stands still until it is moved. */
export class FakeClock extends Clock {
  #now: Date;

  constructor(start: string | Date = '2026-03-02T17:00:00Z') {
    super();
    this.#now = new Date(start);
  }

  override now(): Date {
    return new Date(this.#now);
  }

  set(instant: string | Date): void {
    this.#now = new Date(instant);
  }

  advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }): void {
    this.#now = new Date(this.#now.getTime() + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
  }
}

/** That of an organisation that chose none. */
const TIME_ZONE = 'America/Denver';

/** The day so many days from now, in the time zone of an organisation that chose none. */
export function daysFromNow(days: number): string {
  return addDays(dayInZone(new Date(), TIME_ZONE), days);
}

/** The month that it is there, which for the first hours of one in UTC is the one before. */
export function monthNow(): string {
  return daysFromNow(0).slice(0, 7);
}
