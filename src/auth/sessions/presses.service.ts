import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { after } from '../../platform/time/after.js';
import { Clock } from '../../platform/time/clock.js';
import type { StoredSession } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';

/** What was done so short a time before was done by the first of two presses of a button. */
const APART_MS = 10_000;
/** The first press may be at work yet. */
const LOOK_EVERY_MS = 100;
const LOOKS = 20;

/**
 * Tells a button that is pressed twice from a code that is sent a second time: a browser shows the answer to the second
 * press alone, which is to be that of the first.
 */
@Injectable()
export class PressesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: SessionsRepository,
    private readonly clock: Clock,
  ) {}

  /** True where this session began just now, or does within two seconds. */
  async hasBegun(session: { userId: number; sessionId: string }): Promise<boolean> {
    return this.isDone(session, ({ begunAt }) => begunAt);
  }

  /** True where the person of this session proved just now, or does within two seconds, who they are. */
  async hasConfirmed(session: { userId: number; sessionId: string }): Promise<boolean> {
    return this.isDone(session, ({ confirmedAt }) => confirmedAt);
  }

  private async isDone(
    { userId, sessionId }: { userId: number; sessionId: string },
    doneAt: (session: StoredSession) => Date,
  ): Promise<boolean> {
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await pause(LOOK_EVERY_MS);
      const session = await this.sessions.find(this.dataSource.manager, userId, sessionId);
      const since = after(this.clock.now(), -APART_MS);
      if (session?.endedAt === null && doneAt(session) > since) return true;
    }
    return false;
  }
}
