import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { throughDoor } from '../../platform/database/scope/scope.js';
import type { PostedEvent, PostedSum } from './revenue-event.js';

/** The events of a contract that are to be added, and the fingerprint of the facts they were derived from. */
export interface ContractPosting {
  contractId: number;
  proposalId: number;
  currency: string;
  fingerprint: string;
  events: readonly PostedEvent[];
}

/**
 * The journal of what was billed, earned and received: rows are added, and nobody changes or deletes one. Beside it its
 * sums by month, written in the same transaction.
 */
@Injectable()
export class RevenueEventsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The organisations with a contract: those whose events may not be posted yet. */
  async listOrgs(tx: EntityManager): Promise<{ orgId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query('select distinct org_id as "orgId" from contracts order by 1'),
    );
  }

  /** Has this transaction be the only one that posts events or closes months of the organisation. */
  async lock(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('select from org_settings where org_id = $1 for no key update', [orgId]);
  }

  /** What was posted of these contracts, by source, day and from when on it counts. */
  async listSums(
    tx: EntityManager,
    orgId: number,
    contractIds: readonly number[],
  ): Promise<(PostedSum & { contractId: number })[]> {
    return tx.query(
      `select e.contract_id as "contractId", e.kind, e.item, e.source_kind as "sourceKind",
              e.source_id as "sourceId", to_char(e.event_on, 'YYYY-MM-DD') as "eventOn",
              to_char(e.posted_on, 'YYYY-MM-DD') as "postedOn", sum(e.cents)::float8 as cents,
              max(e.sequence) as sequence
         from revenue_events e where e.org_id = $1 and e.contract_id = any($2)
        group by e.contract_id, e.kind, e.item, e.source_kind, e.source_id, e.event_on, e.posted_on`,
      [orgId, contractIds],
    );
  }

  /** Adds events, and notes which facts the contracts' events follow from now. */
  async append(
    tx: EntityManager,
    orgId: number,
    postings: readonly ContractPosting[],
    at: Date,
  ): Promise<void> {
    const rows = postings.flatMap(({ contractId, proposalId, currency, events }) =>
      events.map((event) => ({ ...event, contractId, proposalId, currency })),
    );
    if (rows.length > 0) {
      await tx.query(
        `insert into revenue_events (org_id, contract_id, proposal_id, currency, kind, item, source_kind, source_id,
                                     sequence, event_on, posted_on, cents, created_at)
         select $1, e."contractId", e."proposalId", e.currency, e.kind, e.item, e."sourceKind", e."sourceId",
                e.sequence, e."eventOn", e."postedOn", e.cents, $3
           from jsonb_to_recordset($2::jsonb) as e ("contractId" int, "proposalId" int, currency text, kind text,
                item text, "sourceKind" text, "sourceId" text, sequence int, "eventOn" date, "postedOn" date,
                cents bigint)`,
        [orgId, JSON.stringify(rows), at],
      );
      await tx.query(
        `insert into revenue_balances as b (org_id, month, currency, kind, cents)
         select $1, date_trunc('month', e."postedOn")::date, e.currency, e.kind, sum(e.cents)
           from jsonb_to_recordset($2::jsonb) as e (currency text, kind text, "postedOn" date, cents bigint)
          group by 2, 3, 4 order by 2, 3, 4
         on conflict on constraint revenue_balances_pkey do update set cents = b.cents + excluded.cents
          where b.org_id = $1`,
        [orgId, JSON.stringify(rows)],
      );
    }
    await tx.query(
      `insert into revenue_positions (org_id, contract_id, fingerprint, derived_at)
       select $1, p."contractId", p.fingerprint, $3
         from jsonb_to_recordset($2::jsonb) as p ("contractId" int, fingerprint text)
       on conflict on constraint revenue_positions_pkey do update
          set fingerprint = excluded.fingerprint, derived_at = excluded.derived_at`,
      [
        orgId,
        JSON.stringify(postings.map(({ contractId, fingerprint }) => ({ contractId, fingerprint }))),
        at,
      ],
    );
  }

  /** The first day that is not in a closed month; null where no month is closed. */
  async firstOpenDay(orgId: number, tx: EntityManager = this.dataSource.manager): Promise<string | null> {
    const [row] = await tx.query<{ day: string | null }[]>(
      `select to_char(max(to_date(month, 'YYYY-MM')) + interval '1 month', 'YYYY-MM-DD') as day
         from period_closings where org_id = $1 and reopened_at is null`,
      [orgId],
    );
    return row!.day;
  }
}
