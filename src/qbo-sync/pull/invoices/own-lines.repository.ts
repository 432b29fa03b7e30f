import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';

/**
 * What invoices withhold and release, by the lines that they have in QuickBooks: somebody can take such a line off
 * there, put one beside it, or change what is on it.
 */
@Injectable()
export class OwnLinesRepository {
  /**
   * Follows the lines of these invoices over retainage and, where it is held for the customer, over the deposit; of the
   * invoice of such a deposit, what is not the deposit's is work, released at once. A line is known by the product or
   * service under which the invoices of the contract were sent; a product that was sent for several kinds tells
   * nothing, and neither does an invoice of a contract of which no such line was sent. Answers the proposals of those
   * that withhold or release otherwise than before.
   */
  async follow(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly Pick<QboInvoice, 'id' | 'itemLines'>[],
  ): Promise<number[]> {
    const read = invoices.filter(({ itemLines }) => itemLines !== null);
    if (read.length === 0) return [];
    const lines = read.flatMap(({ id, itemLines }) => itemLines!.map((line) => ({ id, ...line })));
    const [rows] = await tx.query<[{ proposalId: number }[], number]>(
      prepared(`with edited as (
         select i.id, i.kind, i.proposal_id, i.qbo_invoice_id, i.retained_cents, i.released_cents,
                i.total_cents - coalesce(i.tax_cents, 0) as net_cents,
                k.deposit_mode = 'liability' as is_held
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
          where s.kind = 'retainage' or s.kind = 'deposit' and e.is_held
          group by e.id, s.kind),
       now_is as (
         select e.id, coalesce(r.cents, e.retained_cents) as retained_cents,
                case when e.kind = 'deposit' then d.cents + e.net_cents + coalesce(r.cents, e.retained_cents)
                     else d.cents end as released_cents
           from edited e
           left join known r on r.id = e.id and r.kind = 'retainage'
           left join known d on d.id = e.id and d.kind = 'deposit')
       update invoices i
          set retained_cents = n.retained_cents, released_cents = coalesce(n.released_cents, i.released_cents)
         from now_is n
        where i.org_id = $1 and i.id = n.id
          and (n.retained_cents, coalesce(n.released_cents, i.released_cents))
              is distinct from (i.retained_cents, i.released_cents)
        returning i.proposal_id as "proposalId"`),
      [orgId, realmId, read.map(({ id }) => id), JSON.stringify(lines)],
    );
    return rows.map(({ proposalId }) => proposalId);
  }
}
