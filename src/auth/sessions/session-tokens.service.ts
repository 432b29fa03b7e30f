import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { AccessTokensService } from './access-tokens.service.js';
import type { StoredSession } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import type { User } from '../people/user.js';

/** What a program gets when it signs in. */
export interface IssuedTokens {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
}

/** Gives a session of a program its tokens: for the organisation the person is in. */
@Injectable()
export class SessionTokensService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: AccessTokensService,
    private readonly config: Config,
  ) {}

  /** Keeps that a refresh token is good for one exchange, as long as its session lasts. */
  async keep(
    tx: EntityManager,
    { id: familyId, userId, expiresAt }: Pick<StoredSession, 'id' | 'userId' | 'expiresAt'>,
    refreshToken: string,
    issuedAt: Date,
  ): Promise<void> {
    const tokenHash = this.tokens.hashOf(refreshToken);
    await this.sessions.insertTicket(tx, { userId, familyId, tokenHash, issuedAt, expiresAt });
  }

  /** The tokens to hand out, with a refresh token that was kept. */
  issue(user: User, sessionId: string, refreshToken: string): IssuedTokens {
    const expiresInSeconds = this.config.auth.accessTokenMinutes * 60;
    const accessToken = this.tokens.sign('bearer', user, sessionId, expiresInSeconds);
    return { accessToken, expiresInSeconds, refreshToken };
  }
}
