import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RefreshToken } from './refresh-token.entity.js';

/** The refresh_tokens table. Tickets are found by their hash alone. */
@Injectable()
export class SessionsRepository {
  async insert(
    tx: EntityManager,
    ticket: Pick<RefreshToken, 'userId' | 'familyId' | 'tokenHash' | 'issuedAt' | 'expiresAt'>,
  ): Promise<void> {
    await tx.insert(RefreshToken, { ...ticket });
  }

  async findByHash(tx: EntityManager, tokenHash: Buffer): Promise<RefreshToken | null> {
    return tx.findOneBy(RefreshToken, { tokenHash });
  }

  async markUsed(tx: EntityManager, ticket: RefreshToken, at: Date): Promise<void> {
    await tx.update(RefreshToken, { id: ticket.id }, { usedAt: at });
  }

  /** Ends one sign-in of a person: all its tickets, used or not. */
  async revokeFamily(tx: EntityManager, userId: number, familyId: string, at: Date): Promise<void> {
    await tx.query(
      `update refresh_tokens set revoked_at = $3
       where family_id = $2 and user_id = $1 and revoked_at is null`,
      [userId, familyId, at],
    );
  }

  /** Ends every sign-in of a person. */
  async revokeAll(tx: EntityManager, userId: number, at: Date): Promise<void> {
    await tx.query('update refresh_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null', [
      userId,
      at,
    ]);
  }
}
