import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OauthState } from './oauth-state.entity.js';

/** What a spent state proves. */
export interface Consent {
  orgId: number;
  userId: number;
  replaceCompany: boolean;
}

/** Consents that were begun and not yet answered. */
@Injectable()
export class OauthStatesRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(state: Omit<OauthState, 'usedAt'>): Promise<void> {
    await this.dataSource.manager.insert(OauthState, { ...state, usedAt: null });
  }

  /**
   * Spends a state: null when it is unknown, spent, too old, of another browser, or when its person may no longer sign
   * in. One statement, so that of two callbacks with one state only the first gets it.
   */
  async spend(stateHash: Buffer, browserHash: Buffer | null, at: Date): Promise<Consent | null> {
    const [rows] = await this.dataSource.manager.query<[Consent[], number]>(
      `update qbo_oauth_states s set used_at = $3
         from users u
        where s.state_hash = $1 and s.used_at is null and s.expires_at > $3
          and (s.browser_hash is null or s.browser_hash = $2)
          and u.id = s.user_id and u.org_id = s.org_id and u.is_active
        returning s.org_id as "orgId", s.user_id as "userId", s.replace_company as "replaceCompany"`,
      [stateHash, browserHash, at],
    );
    return rows[0] ?? null;
  }
}
