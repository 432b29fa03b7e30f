import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../../platform/config/config.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { QboTerm } from '../../api/model/qbo-company-objects.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { PreflightCheck } from './preflight-check.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';

/** What was found the last time. */
export interface Preflight {
  checkedAt: Date;
  /** Metered reads it took. */
  reads: number;
  checks: PreflightCheck[];
  /** The payment terms of the company; empty where they may not be read. */
  terms: QboTerm[];
}

/** The preflights table: the last one of each organisation. */
@Injectable()
export class PreflightsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  async find(orgId: number): Promise<Preflight | null> {
    const [row] = await this.dataSource.query<Preflight[]>(
      'select checked_at as "checkedAt", reads, checks, terms from preflights where org_id = $1',
      [orgId],
    );
    return row ?? null;
  }

  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { checkedAt, reads, checks, terms }: Preflight,
  ): Promise<void> {
    await tx.query(
      `insert into preflights (org_id, realm_id, checked_at, reads, checks, terms) values ($1, $2, $3, $4, $5, $6)
       on conflict on constraint preflights_pkey do update
          set realm_id = excluded.realm_id, checked_at = excluded.checked_at, reads = excluded.reads,
              checks = excluded.checks, terms = excluded.terms`,
      [orgId, realmId, checkedAt, reads, JSON.stringify(checks), JSON.stringify(terms)],
    );
  }

  /** The payment terms of a company, as the last preflight found them. */
  async termsOf({ orgId, realmId }: QboCompany): Promise<QboTerm[]> {
    const [row] = await this.dataSource.query<{ terms: QboTerm[] }[]>(
      prepared('select terms from preflights where org_id = $1 and realm_id = $2'),
      [orgId, realmId],
    );
    return row?.terms ?? [];
  }

  /** Whether every line of an invoice has to name a tax code of the company, as the last preflight found. */
  async wantsTaxCodes({ orgId, realmId }: QboCompany): Promise<boolean> {
    const [row] = await this.dataSource.query<{ wants: boolean }[]>(
      prepared(
        `select checks @> '[{"code": "tax_codes"}]' as wants from preflights where org_id = $1 and realm_id = $2`,
      ),
      [orgId, realmId],
    );
    return row?.wants ?? false;
  }

  /** Until the next preflight no terms are named: QuickBooks refused something as unknown. */
  async forgetTerms({ orgId, realmId }: QboCompany): Promise<void> {
    await this.dataSource.query(`update preflights set terms = '[]' where org_id = $1 and realm_id = $2`, [
      orgId,
      realmId,
    ]);
  }

  async delete(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('delete from preflights where org_id = $1', [orgId]);
  }

  /**
   * Organisations whose connected company was not looked at for a day, or not since half a minute after it was
   * connected. A full comparison of its invoices goes first: the company's calls are for that one alone.
   */
  async listDue(tx: EntityManager, limit: number): Promise<{ orgId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query<{ orgId: number }[]>(
        `select t.org_id as "orgId" from qbo_tokens t
         left join preflights p on p.org_id = t.org_id and p.realm_id = t.realm_id and p.checked_at >= t.connected_at
        where t.state = 'connected' and t.env = $2
          and coalesce(p.checked_at < now() - interval '1 day', t.connected_at < now() - interval '30 seconds')
          and not exists (select from invoice_compares c
                           where c.org_id = t.org_id
                             and (c.status in ('queued', 'running')
                                  or c.finished_at > now() - interval '10 seconds'))
        order by t.org_id limit $1`,
        [limit, this.config.qbo.env],
      ),
    );
  }
}
