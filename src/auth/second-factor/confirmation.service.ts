import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../platform/time/clock.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import { PressesService } from '../sessions/presses.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { stepUpEnds } from '../access/step-up.js';
import { UsersRepository } from '../people/users.repository.js';
import { withoutSession } from './proof-refusals.js';
import { SecondFactorRemovalService } from './second-factor-removal.service.js';

/** What somebody who is signed in proves again who they are with. */
export interface SentProof {
  password: string;
  totp?: string;
  ip: string;
}

/** Lets people who are signed in prove again who they are, under the throttle of sign-ins. */
@Injectable()
export class ConfirmationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly presses: PressesService,
    private readonly signIn: SignInService,
    private readonly removal: SecondFactorRemovalService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps with the session that its person proved who they are, and answers until when that opens what wants it. Throws
   * as a sign-in does, and a conflict for a token that names no session.
   */
  async confirm({ userId, orgId, email, sessionId }: SessionUser, proof: SentProof): Promise<Date> {
    if (sessionId === null) throw withoutSession();
    const first = { provenAt: null as Date | null };
    const isPressedTwice = async (): Promise<boolean> => {
      first.provenAt = await this.presses.confirmedAt({ userId, sessionId });
      return first.provenAt !== null;
    };
    const { user } = await this.signIn.verify({
      email,
      orgId,
      ...proof,
      occasion: 'confirmation',
      isPressedTwice,
    });
    // A code that was used proves no more than it did.
    if (first.provenAt !== null && user.id === userId) return stepUpEnds(first.provenAt);
    return this.dataSource.transaction(async (tx) => {
      const current = await this.users.getLocked(tx, orgId, userId);
      const now = this.clock.now();
      const isSame = user.id === userId && user.tokenEpoch === current.tokenEpoch;
      if (!isSame || !(await this.sessions.confirm(tx, userId, sessionId, now))) throw withoutSession();
      await this.audit.record(tx, orgId, { action: 'sign_in.confirmed', subject: `user:${userId}` });
      return stepUpEnds(now);
    });
  }

  /** Turns the own second factor off, with password and code. Throws as a sign-in does, and a conflict for none. */
  async turnFactorOff({ email, orgId }: SessionUser, proof: SentProof): Promise<void> {
    const proven = await this.signIn.verify({ email, orgId, ...proof, occasion: 'confirmation' });
    await this.removal.turnOff(proven);
  }
}
