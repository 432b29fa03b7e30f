import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { LeaseTable } from '../../jobs/leases/lease.js';
import { findByKey } from '../../platform/database/statements/find-by-key.js';
import { prepared } from '../../platform/database/statements/prepared.js';
import type { WaitingWork } from '../../messages/connection-messages.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import { type ConnectionState, QboConnection } from './qbo-connection.entity.js';
import type { TokenPairColumns } from './tokens/token-pair-columns.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { pendingSql } from '../operations/operation-state.js';

/** What a fresh consent makes of an organisation's row. */
export interface NewConnection extends TokenPairColumns {
  company: QboCompany;
  companyName: string | null;
  connectedBy: number;
  connectedAt: Date;
}

/** Whoever refreshes a connection's tokens holds it meanwhile. */
export const REFRESH_LEASE: LeaseTable = {
  table: 'qbo_tokens',
  key: ['org_id'],
  token: 'refresh_lease_token',
  until: 'refresh_lease_until',
  takeable: `state = 'connected'`,
};

export interface LostConnection {
  orgId: number;
  realmId: string;
  companyName: string | null;
  lostAt: Date;
}

/** `qbo_tokens`, a row for each organisation that was ever connected, and `qbo_companies`, whose company is whose. */
@Injectable()
export class QboConnectionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(orgId: number): Promise<QboConnection | null> {
    return findByKey(this.dataSource.manager, QboConnection, { orgId });
  }

  findForUpdate(tx: EntityManager, orgId: number): Promise<QboConnection | null> {
    return tx.findOne(QboConnection, { where: { orgId }, lock: { mode: 'for_no_key_update' } });
  }

  /** Holds an organisation for its connection: `awaitConnecting` waits until the transaction ends. */
  async lockForConnecting(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('select from orgs where id = $1 for no key update', [orgId]);
  }

  /** Waits while a company of this organisation is being connected. */
  async awaitConnecting(orgId: number): Promise<void> {
    await this.dataSource.query(prepared('select from orgs where id = $1 for share'), [orgId]);
  }

  /** Whether a company is the organisation's still; then it is until the transaction ends. */
  async isStill(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
  ): Promise<boolean> {
    await tx.query(prepared('select from orgs where id = $1 for share'), [orgId]);
    const rows = await tx.query<unknown[]>('select from qbo_tokens where org_id = $1 and realm_id = $2', [
      orgId,
      realmId,
    ]);
    return rows.length > 0;
  }

  listConnected(env: QboCompany['env']): Promise<QboConnection[]> {
    const where = { env, state: 'connected' } as const;
    return throughDoor('scheduler', () =>
      this.dataSource.manager.find(QboConnection, { where, order: { orgId: 'ASC' } }),
    );
  }

  async countByState(): Promise<Partial<Record<ConnectionState, number>>> {
    const rows = await throughDoor('overview', () =>
      this.dataSource.manager.query<{ state: ConnectionState; count: number }[]>(
        'select state, count(*)::int as count from qbo_tokens group by state',
      ),
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  /** The organisation that holds this company, if any. */
  async holderOf(tx: EntityManager, { env, realmId }: QboCompany): Promise<number | null> {
    const [row] = await throughDoor('lookup', () =>
      tx.query<{ orgId: number }[]>(
        `select c.org_id as "orgId"
         from qbo_companies c
         join qbo_tokens t on t.org_id = c.org_id and t.env = c.env and t.realm_id = c.realm_id
        where c.env = $1 and c.realm_id = $2`,
        [env, realmId],
      ),
    );
    return row?.orgId ?? null;
  }

  /**
   * Writes a consent over whatever the organisation had before. A company whose tokens another organisation has cannot
   * change hands: the foreign key `qbo_tokens_company_fkey` refuses it, whoever was first.
   */
  async connect(tx: EntityManager, { company, ...facts }: NewConnection, version: number): Promise<void> {
    const { env, realmId, orgId } = company;
    await tx.query(
      `insert into qbo_companies (env, realm_id, org_id) values ($1, $2, $3)
       on conflict on constraint qbo_companies_pkey do update set org_id = excluded.org_id`,
      [env, realmId, orgId],
    );
    await tx.upsert(
      QboConnection,
      {
        ...company,
        ...facts,
        state: 'connected',
        tokenVersion: version,
        refreshLeaseUntil: null,
        disconnectedAt: null,
        lastError: null,
        updatedAt: facts.connectedAt,
      },
      ['orgId'],
    );
    await tx.query('delete from qbo_companies where org_id = $1 and (env, realm_id) <> ($2, $3)', [
      orgId,
      env,
      realmId,
    ]);
  }

  /** Forgets the tokens and keeps the company. */
  async disconnect(tx: EntityManager, connection: QboConnection, at: Date): Promise<void> {
    await tx.update(QboConnection, connection.orgId, {
      state: 'disconnected',
      accessTokenEncrypted: null,
      refreshTokenEncrypted: null,
      accessExpiresAt: null,
      tokenVersion: connection.tokenVersion + 1,
      refreshLeaseUntil: null,
      disconnectedAt: at,
      updatedAt: at,
    });
  }

  /**
   * Stores the pair that replaces one version. It goes in even where a sibling has given the connection up meanwhile,
   * because this pair is newer than the one it judged by; false when the version is gone: reconnected, disconnected.
   */
  async storePair(replaced: QboConnection, pair: TokenPairColumns, at: Date): Promise<boolean> {
    return this.changed(
      `update qbo_tokens
          set access_token_sealed = $3, refresh_token_sealed = $4, access_expires_at = $5,
              refresh_expires_at = coalesce($6, refresh_expires_at),
              refresh_hard_expires_at = coalesce($7, refresh_hard_expires_at),
              token_version = token_version + 1, state = 'connected', last_error = null,
              refresh_lease_until = null, updated_at = $8
        where org_id = $1 and token_version = $2 and state <> 'disconnected'`,
      [
        replaced.orgId,
        replaced.tokenVersion,
        pair.accessTokenEncrypted,
        pair.refreshTokenEncrypted,
        pair.accessExpiresAt,
        pair.refreshExpiresAt,
        pair.refreshHardExpiresAt,
        at,
      ],
    );
  }

  /** Gives a connection up that Intuit refuses; false when somebody stored newer tokens meanwhile. */
  async markNeedsReauth(judged: QboConnection, why: string, at: Date): Promise<boolean> {
    return this.changed(
      `update qbo_tokens
          set state = 'needs_reauth', last_error = $3, refresh_lease_until = null,
              updated_at = $4
        where org_id = $1 and token_version = $2 and state = 'connected'`,
      [judged.orgId, judged.tokenVersion, why, at],
    );
  }

  /** The connections that Intuit ended and nobody has made anew. */
  async listLost(tx: EntityManager): Promise<LostConnection[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select org_id as "orgId", realm_id as "realmId", company_name as "companyName", updated_at as "lostAt"
         from qbo_tokens where state = 'needs_reauth' order by org_id`,
      ),
    );
  }

  /** The connection that an organisation has lost; null where it has lost none. */
  async findLost(tx: EntityManager, orgId: number): Promise<LostConnection | null> {
    const [lost] = await tx.query<LostConnection[]>(
      `select org_id as "orgId", realm_id as "realmId", company_name as "companyName", updated_at as "lostAt"
         from qbo_tokens where org_id = $1 and state = 'needs_reauth'`,
      [orgId],
    );
    return lost ?? null;
  }

  /** Whether a connection is lost still; then it stays so until the transaction ends. */
  async isStillLost(tx: EntityManager, { orgId, realmId }: LostConnection): Promise<boolean> {
    const lost = await tx.query<unknown[]>(
      `select from qbo_tokens where org_id = $1 and realm_id = $2 and state = 'needs_reauth' for share`,
      [orgId, realmId],
    );
    return lost.length > 0;
  }

  /** Open inbox items about a lost connection that is not lost any more. */
  async listEndedLosses(tx: EntityManager): Promise<{ orgId: number; subject: string }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select i.org_id as "orgId", i.subject
         from inbox_items i
         left join qbo_tokens t
           on t.org_id = i.org_id and t.state = 'needs_reauth' and i.subject = 'company.connection:' || t.realm_id
        where i.state = 'open' and i.code = 'connection_lost' and t.org_id is null`,
      ),
    );
  }

  /**
   * What of an organisation waits for QuickBooks, by what it is: each thing once, however many writes it waits with;
   * of refunds each write, which is a refund of its own.
   */
  async countWaiting(tx: EntityManager, orgId: number): Promise<WaitingWork> {
    const [row] = await tx.query<WaitingWork[]>(
      `select (count(distinct entity_id) filter (where kind like 'invoice.%'))::int as invoices,
              (count(distinct entity_id) filter (where kind like 'payment.%'))::int as payments,
              (count(*) filter (where kind like 'refund.%'))::int as refunds,
              (count(distinct entity_id) filter (where kind like 'credit.%'))::int as credits,
              (count(distinct entity_id) filter (where kind like 'customer.%'))::int as customers
         from sync_operations
        where org_id = $1 and ${pendingSql()}`,
      [orgId],
    );
    return row!;
  }

  /** Remembers when the company was last called, and how that failed. */
  async noteCall({ orgId, realmId }: QboCompany, at: Date, error: string | null): Promise<void> {
    await this.changed(
      prepared(`update qbo_tokens
          set last_call_at = $3, last_error = case when state = 'connected' then $4 else last_error end
        where org_id = $1 and realm_id = $2`),
      [orgId, realmId, at, error],
    );
  }

  private async changed(sql: string, values: unknown[]): Promise<boolean> {
    const [, count] = await this.dataSource.manager.query<[unknown[], number]>(sql, values);
    return count > 0;
  }
}
