import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/time/clock.js';
import { LoginThrottleRepository } from './login-throttle.repository.js';
import { SessionsRepository } from './sessions.repository.js';

const KEPT_MS = 7 * 86_400_000;

/** Forgets sign-ins and failed attempts a week after they stopped to matter. */
@Injectable()
export class AuthRetentionService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: SessionsRepository,
    private readonly throttles: LoginThrottleRepository,
    private readonly clock: Clock,
  ) {}

  @Cron('17 3 * * *', { name: 'auth-housekeeping', timeZone: 'UTC', waitForCompletion: true })
  async run(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    await this.sessions.deleteExpired(this.dataSource.manager, before);
    await this.throttles.deleteOver(this.dataSource.manager, before);
  }
}
