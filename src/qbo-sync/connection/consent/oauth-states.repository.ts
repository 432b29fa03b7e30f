import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { BOOKKEEPERS } from '../../../auth/access/permissions.js';
import type { ConsentFailure, OauthState } from './oauth-state.entity.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

/** What a spent state proves. */
export interface Consent {
  orgId: number;
  userId: number;
  replaceCompany: boolean;
}

/** A consent that was begun and is not answered yet, and by what its answer is known to be the starter's. */
export interface OpenKey {
  stateHash: Buffer;
  /** Of the cookie the browser sent. */
  browserHash: Buffer | null;
  /** Who is signed in, and in which of their organisations. */
  person: Pick<AuthenticatedUser, 'userId' | 'orgId'> | null;
}

/**
 * A spent state, and by what whoever asks is known: the cookie their browser began with or was answered with, or that
 * they began it themselves.
 */
export interface SpentKey {
  stateHash: Buffer;
  browserHash: Buffer | null;
  answeredHash: Buffer | null;
  person: Pick<AuthenticatedUser, 'userId' | 'orgId'> | null;
}

/** What was connected, and to which organisation. */
export interface ConnectedCompany {
  realmId: string;
  env: string;
  companyName: string | null;
  orgName: string;
}

export interface SpentConsent {
  orgId: number;
  usedAt: Date;
  company: ConnectedCompany | null;
  failure: ConsentFailure | null;
}

interface SpentRow {
  orgId: number;
  usedAt: Date;
  realmId: string | null;
  env: string | null;
  companyName: string | null;
  orgName: string;
  failure: ConsentFailure | null;
}

/**
 * The person `u`, with their membership `m`, of a state `s` may still do what they asked for in its organisation: the
 * same condition for looking and for spending.
 */
const STARTER_STANDS = `u.id = s.user_id and m.org_id = s.org_id and m.user_id = s.user_id
          and u.is_active and m.is_active and u.token_epoch + m.token_epoch = s.token_epoch
          and exists (select from user_roles ur join roles r on r.id = ur.role_id
                       where ur.org_id = s.org_id and ur.user_id = s.user_id and r.name = any($1))`;

/** Consents that were begun, and those that were answered not long ago. */
@Injectable()
export class OauthStatesRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(state: Omit<OauthState, 'usedAt' | 'tokenEpoch' | 'failure'>): Promise<void> {
    await this.dataSource.manager.query(
      `insert into qbo_oauth_states
         (state_hash, org_id, user_id, token_epoch, browser_hash, replace_company, created_at, expires_at)
       select $1, m.org_id, u.id, u.token_epoch + m.token_epoch, $4, $5, $6, $7
         from memberships m join users u on u.id = m.user_id where m.org_id = $2 and m.user_id = $3`,
      [
        state.stateHash,
        state.orgId,
        state.userId,
        state.browserHash,
        state.replaceCompany,
        state.createdAt,
        state.expiresAt,
      ],
    );
  }

  /**
   * Spends a state: null when it is unknown, spent, too old, of another browser and another person, of another
   * organisation than the one somebody is signed in to, or when its person may no longer connect. One statement, so
   * that of two callbacks with one state only the first gets it.
   */
  async spend({ stateHash, browserHash, person }: OpenKey, at: Date): Promise<Consent | null> {
    const [rows] = await this.dataSource.manager.query<[Consent[], number]>(
      `update qbo_oauth_states s set used_at = $5
         from users u, memberships m
        where s.state_hash = $2 and s.used_at is null and s.expires_at > $5
          and (s.browser_hash = $3 or s.user_id = $4) and ($6::integer is null or s.org_id = $6)
          and ${STARTER_STANDS}
        returning s.org_id as "orgId", s.user_id as "userId", s.replace_company as "replaceCompany"`,
      [BOOKKEEPERS, stateHash, browserHash, person?.userId ?? null, at, person?.orgId ?? null],
    );
    return rows[0] ?? null;
  }

  /** The organisation that an open consent is for which this browser began; null where there is none. */
  async findOrgBegunIn(
    stateHash: Buffer,
    browserHash: Buffer,
    at: Date,
  ): Promise<{ id: number; name: string } | null> {
    const [org] = await this.dataSource.manager.query<{ id: number; name: string }[]>(
      `select o.id, o.name from qbo_oauth_states s join orgs o on o.id = s.org_id
        where s.state_hash = $1 and s.browser_hash = $2 and s.used_at is null and s.expires_at > $3`,
      [stateHash, browserHash, at],
    );
    return org ?? null;
  }

  /** The name of the organisation whose open consent this is, where this person began it there; null otherwise. */
  async findOrgOfOpen(
    stateHash: Buffer,
    { userId, orgId }: Pick<AuthenticatedUser, 'userId' | 'orgId'>,
    at: Date,
  ): Promise<string | null> {
    const [row] = await this.dataSource.manager.query<{ name: string }[]>(
      `select o.name
         from qbo_oauth_states s
         join orgs o on o.id = s.org_id
         join memberships m on m.org_id = s.org_id and m.user_id = s.user_id
         join users u on ${STARTER_STANDS}
        where s.state_hash = $2 and s.used_at is null and s.expires_at > $4 and s.user_id = $3 and s.org_id = $5`,
      [BOOKKEEPERS, stateHash, userId, at, orgId],
    );
    return row?.name ?? null;
  }

  async keepFailure(orgId: number, stateHash: Buffer, failure: ConsentFailure): Promise<void> {
    await this.dataSource.manager.query(
      'update qbo_oauth_states set failure = $3 where org_id = $1 and state_hash = $2',
      [orgId, stateHash, failure],
    );
  }

  /**
   * What came of a state that was spent, for the browser that began it or was answered before, and for its starter:
   * null where there is no such state of theirs. `company` is what its organisation was connected to by this very
   * consent.
   */
  async findSpent({ stateHash, browserHash, answeredHash, person }: SpentKey): Promise<SpentConsent | null> {
    const [row] = await throughDoor('lookup', () =>
      this.dataSource.manager.query<SpentRow[]>(
        `select s.org_id as "orgId", s.used_at as "usedAt", s.failure, t.realm_id as "realmId", t.env,
                t.company_name as "companyName",
                (select o.name from orgs o where o.id = s.org_id) as "orgName"
         from qbo_oauth_states s
         left join qbo_tokens t
           on t.org_id = s.org_id and t.connected_by = s.user_id and t.state <> 'disconnected'
          and t.connected_at >= s.used_at
        where s.state_hash = $1 and s.used_at is not null
          and (s.browser_hash = $2 or s.state_hash = $3 or (s.user_id = $4 and s.org_id = $5))`,
        [stateHash, browserHash, answeredHash, person?.userId ?? null, person?.orgId ?? null],
      ),
    );
    if (!row) return null;
    const { orgId, usedAt, failure, realmId, env, companyName, orgName } = row;
    return {
      orgId,
      usedAt,
      failure,
      company: realmId === null ? null : { realmId, env: env!, companyName, orgName },
    };
  }
}
