import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PackDocument, PackReceivable } from './close-pack.js';

/** What the journal says of one month. What was taken back and put again in the same month is one document. */
@Injectable()
export class PackFiguresRepository {
  async listDocuments(tx: EntityManager, orgId: number, month: string): Promise<PackDocument[]> {
    return tx.query(
      `select e.proposal_id as "proposalId", e.currency, e.kind, e.item, e.source_kind as "sourceKind",
              e.source_id as "sourceId", to_char(e.event_on, 'YYYY-MM-DD') as "eventOn", sum(e.cents)::float8 as cents
         from revenue_events e, (select to_date($2, 'YYYY-MM') as first) m
        where e.org_id = $1 and e.posted_on >= m.first and e.posted_on < m.first + interval '1 month'
        group by e.proposal_id, e.currency, e.kind, e.item, e.source_kind, e.source_id, e.event_on
       having sum(e.cents) <> 0
        order by e.proposal_id, e.currency, e.event_on, e.kind collate "C", e.item collate "C",
                 e.source_kind collate "C", e.source_id collate "C"`,
      [orgId, month],
    );
  }

  async listReceivables(tx: EntityManager, orgId: number, month: string): Promise<PackReceivable[]> {
    return tx.query(
      `with signed as (
         select e.proposal_id, e.currency, e.cents, e.posted_on < m.first as before, e.source_kind = 'invoice' as raises
           from revenue_events e, (select to_date($2, 'YYYY-MM') as first) m
          where e.org_id = $1 and e.kind = 'receivable' and e.posted_on < m.first + interval '1 month'),
       summed as (
         select proposal_id, currency, coalesce(sum(cents) filter (where before), 0) as opening,
                coalesce(sum(cents) filter (where not before and raises), 0) as invoiced,
                coalesce(-sum(cents) filter (where not before and not raises), 0) as settled,
                sum(cents) as closing
           from signed group by proposal_id, currency)
       select proposal_id as "proposalId", currency, opening::float8 as "openingCents",
              invoiced::float8 as "invoicedCents", settled::float8 as "settledCents",
              closing::float8 as "closingCents"
         from summed where opening <> 0 or invoiced <> 0 or settled <> 0
        order by proposal_id, currency`,
      [orgId, month],
    );
  }
}
