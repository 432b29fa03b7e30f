import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  bookedOrderSql,
  CREDIT_DOCUMENTS,
  CREDIT_FACTS,
  IS_OWN_MEMO,
  IS_WRITE_OFF,
  USED_MEMO,
} from './applied-credits-sql.js';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { prepared } from '../../platform/database/statements/prepared.js';
import {
  type Application,
  creditsOn,
  type InvoiceCredits,
  type SettledInvoice,
} from '../settlement/settlements.js';

/** When an invoice `i` was made, where QuickBooks says no date of it. */
const MADE_ON = dayOfOrgSql('i.created_at', '(select z.time_zone from org_settings z where z.org_id = $1)');

/** What bookkeepers credited on the invoices of contracts. Reads only. */
@Injectable()
export class InvoiceCreditsRepository {
  /** What settles each invoice of a proposal without money, as revenue has it; by the invoice's id. */
  async listOf(tx: EntityManager, orgId: number, proposalId: number): Promise<Map<number, InvoiceCredits>> {
    const rows = await tx.query<(SettledInvoice & { applications: Application[] })[]>(
      prepared(`with credited as (
         select i.* from invoices i
          where i.org_id = $1 and i.proposal_id = $2 and i.total_cents is not null and exists (
            select from invoice_payments p
             where p.org_id = i.org_id and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
               and p.kind = 'credit' and p.removed_at is null))
       select i.id, i.kind, i.currency, coalesce(i.txn_date, ${MADE_ON})::text as "txnOn",
              i.total_cents::float8 as "totalCents", coalesce(i.tax_cents, 0)::float8 as "taxCents",
              i.released_cents::float8 as "releasedCents",
              (select coalesce(json_agg(json_build_object('kind', n.kind, 'cents', n.amount_cents)
                        order by n.position), '[]')
                 from invoice_lines n where n.org_id = i.org_id and n.invoice_id = i.id) as lines,
              (select json_agg(json_build_object(
                        'id', p.id, 'invoiceId', i.id, 'kind', p.kind, 'on', coalesce(c.memo_on, p.paid_on),
                        'cents', p.amount_cents, 'isOwnMemo', ${IS_OWN_MEMO}, 'isWriteOff', ${IS_WRITE_OFF},
                        'memo', ${USED_MEMO}) order by ${bookedOrderSql('p')})
                 from invoice_payments p
                 left join lateral (
                   select ${CREDIT_FACTS} from (select 1) as one ${CREDIT_DOCUMENTS} and d.state = 'live'
                    where p.kind = 'credit') c on true
                where p.org_id = i.org_id and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
                  and p.removed_at is null) as applications
         from credited i order by i.id`),
      [orgId, proposalId],
    );
    return new Map(rows.map((row) => [row.id, creditsOn(row, row.applications)]));
  }
}
