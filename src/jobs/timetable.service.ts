import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { latestRunAt, TIMETABLE, type TimerName } from './timetable.js';

interface Registered {
  run: () => Promise<unknown>;
  /** The scheduled instant it last ran for; the start of the process before. */
  lastFor: Date;
  running: boolean;
}

/**
 * Runs what stands in the timetable, in processes that run jobs. Promise: a timer never overlaps itself in one process,
 * and a failure is logged and ends neither the timer nor the others. Real time, whatever clock a test gives the
 * product.
 */
@Injectable()
export class TimetableService {
  private readonly logger = new Logger('Timetable');
  private readonly timers = new Map<TimerName, Registered>();

  /** Says what a timer does. Throws where two want the same one. */
  register(name: TimerName, run: () => Promise<unknown>): void {
    if (this.timers.has(name)) throw new Error(`Two services want the timer ${name}.`);
    this.timers.set(name, { run, lastFor: new Date(), running: false });
  }

  /** Every second; a timer whose time came since it last ran runs once. */
  @Cron(CronExpression.EVERY_SECOND, { name: 'timetable', timeZone: 'UTC' })
  runDue(): void {
    const now = new Date();
    for (const [name, timer] of this.timers) {
      const dueAt = latestRunAt(TIMETABLE[name].when, now);
      if (timer.running || dueAt <= timer.lastFor) continue;
      timer.lastFor = dueAt;
      void this.run(name, timer);
    }
  }

  private async run(name: TimerName, timer: Registered): Promise<void> {
    timer.running = true;
    try {
      await timer.run();
    } catch (error) {
      this.logger.error({ err: error, timer: name }, 'A timer failed');
    } finally {
      timer.running = false;
    }
  }
}
