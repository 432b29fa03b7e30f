import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { after } from '../../platform/time/after.js';
import { latestRunAt, TIMETABLE, type TimerName } from './timetable.js';

/** A timer that has not ended by then is left alone: it works on rows that whoever runs next takes up. */
const DRAIN_MS = 10_000;
/** So long after its start a process makes up for a time of day at which, for all it knows, none ran. */
const MAKE_UP_AFTER_MS = 600_000;

interface Registered {
  run: () => Promise<unknown>;
  /** The scheduled instant it last ran for; the start of the process before. */
  lastFor: Date;
  /** When it makes up for the day of the start; null of one that has run since, or has no time of day. */
  makesUpAt: Date | null;
  running: Promise<void> | null;
}

/**
 * Runs what stands in the timetable, in processes that run jobs. Promise: a timer never overlaps itself in one process,
 * and a failure is logged and ends neither the timer nor the others; one for a time of day runs each day on which any
 * process runs, also where that is off at night. Real time, whatever clock a test gives the
 * product.
 */
@Injectable()
export class TimetableService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Timetable');
  private readonly timers = new Map<TimerName, Registered>();
  private isStopping = false;

  /** Says what a timer does. */
  register(name: TimerName, run: () => Promise<unknown>): void {
    const now = new Date();
    const makesUpAt = 'dailyAt' in TIMETABLE[name].when ? after(now, MAKE_UP_AFTER_MS) : null;
    this.timers.set(name, { run, lastFor: now, makesUpAt, running: null });
  }

  /** Begins no timer any more, and lets those end that run, at most 10 s: the database is closed after it. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    const running = [...this.timers.values()].flatMap((timer) => timer.running ?? []);
    await Promise.race([Promise.all(running), pause(DRAIN_MS, undefined, { ref: false })]);
  }

  /** Every second; a timer whose time came since it last ran runs once. */
  @Cron(CronExpression.EVERY_SECOND, { name: 'timetable', timeZone: 'UTC' })
  runDue(): void {
    if (this.isStopping) return;
    const now = new Date();
    for (const [name, timer] of this.timers) {
      const dueAt = latestRunAt(TIMETABLE[name].when, now);
      if (timer.lastFor > now) timer.lastFor = dueAt; // the clock was put back: from here on by what it says now
      const makesUp = timer.makesUpAt !== null && timer.makesUpAt <= now;
      if (timer.running || (dueAt <= timer.lastFor && !makesUp)) continue;
      timer.lastFor = dueAt;
      timer.makesUpAt = null;
      timer.running = this.run(name, timer).finally(() => (timer.running = null));
    }
  }

  private async run(name: TimerName, timer: Registered): Promise<void> {
    try {
      await timer.run();
    } catch (error) {
      this.logger.error({ err: error, timer: name }, 'A timer failed');
    }
  }
}
