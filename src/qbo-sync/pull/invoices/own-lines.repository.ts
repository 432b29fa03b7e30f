import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';

/**
 * What invoices withhold and release, by the lines that they have in QuickBooks: somebody can take such a line off
 * there, or change what is on it.
 */
@Injectable()
export class OwnLinesRepository {
  /**
   * Follows the lines of these invoices over retainage and, where it is held for the customer, over the deposit. A line
   * is known by the product or service under which the invoices of the contract were sent; a product that was sent for
   * several kinds tells nothing, and neither does an invoice of a contract of which no such line was sent.
   */
  async follow(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly Pick<QboInvoice, 'id' | 'itemLines'>[],
  ): Promise<void> {
    const read = invoices.filter(({ itemLines }) => itemLines !== null);
    if (read.length === 0) return;
    const lines = read.flatMap(({ id, itemLines }) => itemLines!.map((line) => ({ id, ...line })));
    await tx.query(
      `with edited as (
         select i.id, i.kind, i.proposal_id, i.qbo_invoice_id, k.deposit_mode
           from invoices i join contracts k on k.org_id = i.org_id and k.proposal_id = i.proposal_id
          where i.org_id = $1 and i.qbo_realm_id = $2 and i.qbo_invoice_id = any($3)),
       sent as (
         select o.proposal_id, d.line ->> 'itemId' as item_id, min(n.kind) as kind
           from sync_operations o
          cross join lateral jsonb_array_elements(o.payload -> 'lines') with ordinality as d (line, place)
           join invoice_lines n on n.org_id = o.org_id and n.invoice_id = o.entity_id and n.position = d.place
          where o.org_id = $1 and o.kind = 'invoice.create' and o.state = 'done' and o.realm_id = $2
            and o.proposal_id in (select e.proposal_id from edited e)
          group by o.proposal_id, d.line ->> 'itemId' having count(distinct n.kind) = 1),
       known as (
         select e.id, s.kind, -coalesce(sum(l."amountCents"), 0)::bigint as cents
           from edited e
           join sent s on s.proposal_id = e.proposal_id
           left join jsonb_to_recordset($4::jsonb) as l(id text, "itemId" text, "amountCents" bigint)
             on l.id = e.qbo_invoice_id and l."itemId" = s.item_id
          where s.kind = 'retainage' or s.kind = 'deposit' and e.kind <> 'deposit' and e.deposit_mode = 'liability'
          group by e.id, s.kind)
       update invoices i
          set retained_cents = coalesce(r.cents, i.retained_cents), released_cents = coalesce(d.cents, i.released_cents)
         from edited e
         left join known r on r.id = e.id and r.kind = 'retainage'
         left join known d on d.id = e.id and d.kind = 'deposit'
        where i.org_id = $1 and i.id = e.id
          and (coalesce(r.cents, i.retained_cents), coalesce(d.cents, i.released_cents))
              is distinct from (i.retained_cents, i.released_cents)`,
      [orgId, realmId, read.map(({ id }) => id), JSON.stringify(lines)],
    );
  }
}
