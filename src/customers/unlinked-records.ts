/**
 * The company that the link of customer `c` is to: one that names none is to the company that is connected. $1 the
 * organisation.
 */
export const LINKED_COMPANY = `coalesce(c.qbo_realm_id, (
  select t.realm_id from qbo_tokens t where t.org_id = $1))`;

/** Nothing links customer `e.customer_id` into the company any more, and no person has decided about it since. */
const STANDS = `not exists (
    select from customers c where c.org_id = $1 and c.id = e.customer_id and c.qbo_customer_id is not null
                              and ${LINKED_COMPANY} = e.realm_id)
  and not exists (
    select from customer_match_decisions d where d.org_id = $1 and d.customer_id = e.customer_id
                                             and d.realm_id = e.realm_id and d.decided_at > e.at)`;

/**
 * Records in QuickBooks that are a customer's of ours without a link: a customer has one, into the company that it was
 * brought to last. `realm_id`, `qbo_id` and `customer_id` of each, in the companies that `isAsked` takes. $1 the
 * organisation. What a person decided last there says whose they are, and what was made and billed there since. As a
 * match may have been wrong, a record that is linked to a customer, or was made for one, is no other's who was billed
 * by it; one that as much speaks for two is nobody's.
 */
export function unlinkedRecords(isAsked: (realmId: string) => string): string {
  return `
  select n.realm_id, n.qbo_id, min(n.customer_id) as customer_id
    from (
      select e.*, min(e.doubt) over (partition by e.realm_id, e.qbo_id) as least
        from (
          select ${LINKED_COMPANY} as realm_id, c.qbo_customer_id as qbo_id, c.id as customer_id,
                 null::timestamptz as at, 0 as doubt
            from customers c where c.org_id = $1 and c.qbo_customer_id is not null
           union all
          select x.realm_id, x.qbo_customer_id, x.customer_id, null, 0 from customer_currency_links x
           where x.org_id = $1
           union all
          select d.realm_id, d.qbo_customer_id, d.customer_id, d.decided_at, 1 from customer_match_decisions d
           where d.org_id = $1 and d.decision = 'link'
           union all
          select o.realm_id, o.qbo_id, o.entity_id, coalesce(o.first_sent_at, o.created_at), 1 from sync_operations o
           where o.org_id = $1 and o.kind = 'customer.create' and o.state = 'done'
           union all
          select o.realm_id, o.payload ->> 'customerId', l.customer_id, coalesce(o.first_sent_at, o.created_at), 2
            from sync_operations o join leads l on l.org_id = o.org_id and l.id = o.proposal_id
           where o.org_id = $1 and o.kind = 'invoice.create' and o.state = 'done' and l.customer_id is not null) e
       where e.qbo_id is not null and ${isAsked('e.realm_id')} and (e.doubt = 0 or ${STANDS})) n
   where n.doubt = n.least and n.doubt > 0
   group by n.realm_id, n.qbo_id
  having count(distinct n.customer_id) = 1`;
}
