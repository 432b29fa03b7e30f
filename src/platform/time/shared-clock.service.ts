import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DatabaseClockRepository } from './database-clock.repository.js';
import { SystemClockService } from './system-clock.service.js';

const AGREE_EVERY_MS = 5_000;
/** From here on somebody should put the clock of the machine right. */
const WRONG_MS = 1_000;

/**
 * Has the processes that share a database live by its clock. Promise: what one makes due, blocks or lets end is so for
 * all of them at one instant, to some milliseconds, however wrong the clocks of their machines are.
 */
@Injectable()
export class SharedClockService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Clock');
  private timer: NodeJS.Timeout | undefined;
  private isWrong = false;
  private isAsking = false;

  constructor(
    private readonly database: DatabaseClockRepository,
    private readonly clock: SystemClockService,
  ) {}

  /** Before anything is served or any job begins. */
  async onModuleInit(): Promise<void> {
    await this.agree();
    this.timer = setInterval(() => void this.agreeAgain(), AGREE_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** While the database is away the clock goes on with what was last known: others say that it is away. */
  private async agreeAgain(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    await this.agree()
      .catch(() => {})
      .finally(() => (this.isAsking = false));
  }

  private async agree(): Promise<void> {
    this.note(await this.clock.agreeWith(() => this.database.nowMs()));
  }

  /** Said once, until it is right again. */
  private note(correctionMs: number): void {
    const wasWrong = this.isWrong;
    this.isWrong = Math.abs(correctionMs) >= WRONG_MS;
    if (this.isWrong === wasWrong) return;
    if (!this.isWrong) return this.logger.log('The clock of this machine agrees with the database’s again');
    const seconds = Math.round(Math.abs(correctionMs) / 1000);
    const side = correctionMs > 0 ? 'behind' : 'ahead of';
    this.logger.warn(
      `The clock of this machine is ${seconds} seconds ${side} the database’s, by which this process goes`,
    );
  }
}
