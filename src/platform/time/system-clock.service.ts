import { Injectable } from '@nestjs/common';
import { type ClockReading, correctionAfter } from './clock-correction.js';
import { Clock } from './clock.js';

/** The clock of this machine, corrected by that of the database once it was compared with it. */
@Injectable()
export class SystemClockService extends Clock {
  private correctionMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.correctionMs);
  }

  /** Asks the database's clock, and goes by it from here on. Answers by how much the own one is corrected, in ms. */
  async agreeWith(database: () => Promise<number>): Promise<number> {
    const before = Date.now();
    const reading: ClockReading = { before, database: await database(), after: Date.now() };
    this.correctionMs = correctionAfter(this.correctionMs, reading);
    return this.correctionMs;
  }
}
