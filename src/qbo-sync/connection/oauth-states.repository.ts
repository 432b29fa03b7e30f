import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OauthState } from './oauth-state.entity.js';

/** What a spent state proves. */
export interface Consent {
  orgId: number;
  userId: number;
  replaceCompany: boolean;
}

/** A spent state, and by what its browser is known: the cookie it began with, or the one it was answered with. */
export interface SpentKey {
  stateHash: Buffer;
  browserHash: Buffer | null;
  answeredHash: Buffer | null;
}

export interface SpentConsent {
  usedAt: Date;
  company: { realmId: string; env: string; companyName: string | null } | null;
}

interface SpentRow {
  usedAt: Date;
  realmId: string | null;
  env: string | null;
  companyName: string | null;
}

/** Consents that were begun, and those that were answered not long ago. */
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

  /**
   * What came of a state that was spent, for the browser that began it or was answered before: null where there is no
   * such state of this browser. `company` is what its organisation was connected to by this very consent.
   */
  async findSpent({ stateHash, browserHash, answeredHash }: SpentKey): Promise<SpentConsent | null> {
    const [row] = await this.dataSource.manager.query<SpentRow[]>(
      `select s.used_at as "usedAt", t.realm_id as "realmId", t.env, t.company_name as "companyName"
         from qbo_oauth_states s
         left join qbo_tokens t
           on t.org_id = s.org_id and t.connected_by = s.user_id and t.state <> 'disconnected'
          and t.connected_at >= s.used_at
        where s.state_hash = $1 and s.used_at is not null
          and (s.browser_hash = $2 or s.state_hash = $3)`,
      [stateHash, browserHash, answeredHash],
    );
    if (!row) return null;
    const { usedAt, realmId, env, companyName } = row;
    return { usedAt, company: realmId === null ? null : { realmId, env: env!, companyName } };
  }
}
