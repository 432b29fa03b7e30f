/**
 * The refund receipts of an organisation, the first parameter, that are in QuickBooks or were sent there. One that a
 * person entered, or changed to more than was sent, is none of them: its tax is not known here.
 */
export const REFUND_RECEIPTS = `
  select o.org_id, o.proposal_id, o.id, o.entity_id as payment_id, (o.payload ->> 'amountCents')::bigint as cents,
         round(coalesce((o.payload #>> '{draft,taxed,taxCents}')::numeric, 0) * (o.payload ->> 'amountCents')::numeric
               / (o.payload #>> '{draft,amountCents}')::numeric)::bigint as tax_cents,
         (o.payload ->> 'ofReleased')::boolean as of_released
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and o.state <> 'refused'
     and (o.payload ->> 'amountCents')::bigint between 1 and (o.payload #>> '{draft,amountCents}')::bigint`;

/** How the payment of a step `o` stands: that operation is the newest of its generations. */
const STATE_OF_PAYMENT = `
  (select x.state from sync_operations x
    where x.org_id = o.org_id and x.kind = 'payment.create' and x.entity_id = o.entity_id
    order by x.generation desc limit 1)`;

/**
 * True where a step `o` of a payment's refunds is in no books because the payment is in none: it was refused and has
 * not come there since, or it is gone from there. A receipt that a person entered by hand though there was no payment
 * is no such step.
 */
export const IS_LEFT_OUT = `
  (o.state = 'waiting' and ${STATE_OF_PAYMENT} = 'refused'
    or o.state = 'refused' and o.error_kind = 'payment_missing'
      and (o.payload -> 'byPerson' is null or ${STATE_OF_PAYMENT} = 'done'))`;

/** What of payments' refunds is left out of the books with its payment: no receipt of it takes anything off income. */
export const REFUNDS_LEFT_OUT = `
  select o.org_id, o.proposal_id, o.entity_id as payment_id, sum((o.payload ->> 'amountCents')::bigint) as cents
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and ${IS_LEFT_OUT}
   group by o.org_id, o.proposal_id, o.entity_id`;
