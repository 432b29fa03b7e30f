import { addDays } from '../../src/platform/time/calendar-day.js';
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

/** The day so many days from now, in UTC. */
export function daysFromNow(days: number): string {
  return addDays(new Date().toISOString().slice(0, 10), days);
}
