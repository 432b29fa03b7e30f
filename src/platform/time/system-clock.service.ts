import { Injectable } from '@nestjs/common';
import { type ClockReading, correctionAfter } from './clock-correction.js';
import { Clock } from './clock.js';

/**
 * The clock of this machine as it was when the process began, corrected by that of the database once it was compared
 * with it. It goes on steadily: what is done to the machine's clock meanwhile changes nothing.
 */
@Injectable()
export class SystemClockService extends Clock {
  private correctionMs = 0;

  override now(): Date {
    return new Date(this.ownMs() + this.correctionMs);
  }

  /** Asks the database's clock, and goes by it from here on. Answers by how much the own one is corrected, in ms. */
  async agreeWith(database: () => Promise<number>): Promise<number> {
    const before = this.ownMs();
    const reading: ClockReading = { before, database: await database(), after: this.ownMs() };
    this.correctionMs = correctionAfter(this.correctionMs, reading);
    return this.correctionMs;
  }

  /** Epoch ms. */
  protected ownMs(): number {
    return performance.timeOrigin + performance.now();
  }
}
