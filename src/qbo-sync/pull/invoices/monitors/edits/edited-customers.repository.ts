import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { withParentsSql } from '../../../../../customers/customer-parents-sql.js';
import { prepared } from '../../../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { standsWithSql } from '../stands-with-sql.js';

/** Whose invoices are in QuickBooks, where that is not whom they were first made out to. Only reads. */
@Injectable()
export class EditedCustomersRepository {
  /**
   * Those of these invoices whose other customer is no edit of theirs: it is their customer's by now, or a project of
   * theirs, or the customer before was merged into it, with all that was theirs; one who is inactive and keeps another
   * invoice was not. One whom the mirror does not know is gone only where it was read since the invoice was made.
   */
  async listExplained(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoiceIds: readonly number[],
  ): Promise<ReadonlySet<number>> {
    if (invoiceIds.length === 0) return new Set();
    const rows = await tx.query<{ id: number }[]>(
      prepared(`select i.id
         from invoices i
         join leads l on l.org_id = i.org_id and l.id = i.proposal_id
         left join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where i.org_id = $1 and i.id = any($3) and i.qbo_realm_id = $2
          and (exists (
                 ${withParentsSql('i.qbo_customer_ref')}
                 select from up
                  where c.qbo_customer_id = up.id and coalesce(c.qbo_realm_id, $2) = $2
                     or exists (
                          select from customer_currency_links k
                           where k.org_id = $1 and k.realm_id = $2 and k.customer_id = c.id
                             and k.qbo_customer_id = up.id))
               or exists (
                 select from qbo_customers q
                  where q.org_id = $1 and q.realm_id = $2 and q.qbo_id = i.original_customer_ref and not q.active)
                   and not ${standsWithSql('l.customer_id', 'i.original_customer_ref')}
               or exists (
                 select from qbo_customer_mirrors m
                  where m.org_id = $1 and m.realm_id = $2 and m.filled_at is not null
                    and m.changed_since > i.created_at) and not exists (
                 select from qbo_customers q
                  where q.org_id = $1 and q.realm_id = $2 and q.qbo_id = i.original_customer_ref))`),
      [orgId, realmId, invoiceIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** The invoices of a company of which a person is asked about the customer, by our ids. */
  async listAsked(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      // As for those that cannot be read: by a value that is computed beside it no row is found by its index.
      prepared(`with asked as materialized (
          select split_part(subject, ':', 2)::int as id from inbox_items
           where org_id = $1 and state = 'open' and code = 'invoice_drift'
             and subject like 'invoice.drift:%:customer')
        select i.id from asked n join invoices i on i.org_id = $1 and i.id = n.id
         where i.qbo_realm_id = $2
         order by i.id`),
      [orgId, realmId],
    );
    return rows.map(({ id }) => id);
  }
}
