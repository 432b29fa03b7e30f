import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountMailsRepository } from '../account/mail/account-mails.repository.js';
import { Clock } from '../../platform/time/clock.js';
import type { StoredSession } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import { firstPressSince } from './two-presses.js';

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
    private readonly mails: AccountMailsRepository,
    private readonly clock: Clock,
  ) {}

  /** True where this session began just now, or does within two seconds. */
  async hasBegun(session: { userId: number; sessionId: string }): Promise<boolean> {
    return (await this.doneAt(session, ({ begunAt }) => begunAt)) !== null;
  }

  /** When the person of this session proved who they are, where that was just now or is within two seconds. */
  async confirmedAt(session: { userId: number; sessionId: string }): Promise<Date | null> {
    return this.doneAt(session, ({ confirmedAt }) => confirmedAt);
  }

  /** True where a change of the own password ended this session just now. */
  async hasChangedPassword({ userId, sessionId }: { userId: number; sessionId: string }): Promise<boolean> {
    const tx = this.dataSource.manager;
    const endedAt = (await this.sessions.find(tx, userId, sessionId))?.endedAt;
    if (!endedAt || endedAt <= firstPressSince(this.clock.now())) return false;
    return this.mails.hasOwnChange(tx, userId, endedAt, endedAt);
  }

  /** True where a change of the own password began this session just now. */
  async hasBegunByChange({ userId, sessionId }: { userId: number; sessionId: string }): Promise<boolean> {
    const tx = this.dataSource.manager;
    const session = await this.sessions.find(tx, userId, sessionId);
    const since = firstPressSince(this.clock.now());
    if (session?.endedAt !== null || session.begunAt <= since) return false;
    return this.mails.hasOwnChange(tx, userId, since, session.begunAt);
  }

  private async doneAt(
    { userId, sessionId }: { userId: number; sessionId: string },
    instant: (session: StoredSession) => Date,
  ): Promise<Date | null> {
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await pause(LOOK_EVERY_MS);
      const session = await this.sessions.find(this.dataSource.manager, userId, sessionId);
      const since = firstPressSince(this.clock.now());
      if (session?.endedAt === null && instant(session) > since) return instant(session);
    }
    return null;
  }
}
