/**
 * True where the receipt of a step `o` was taken out of QuickBooks, as the mirror of the books knows, and its payment
 * is on no invoice there: the money went back as an expense on Accounts Receivable, which pays the customer's credit
 * out. Not where a refund of the payment failed: that is why its receipt was taken out.
 */
const IS_PAID_OUT = `
  (o.state = 'done' and exists (
     select from qbo_documents d
      where d.org_id = o.org_id and d.realm_id = o.realm_id and d.type = 'RefundReceipt' and d.qbo_id = o.qbo_id
        and d.state <> 'live')
   and not exists (
     select from sync_operations x
       join invoice_payments a on a.org_id = x.org_id and a.realm_id = x.realm_id and a.qbo_payment_id = x.qbo_id
                              and a.removed_at is null
      where x.org_id = o.org_id and x.kind = 'payment.create' and x.entity_id = o.entity_id)
   and not exists (
     select from refunds r
      where r.org_id = o.org_id and r.payment_id = o.entity_id and r.state in ('failed', 'cancelled')))`;

/**
 * The refund receipts of an organisation, the first parameter, that are in QuickBooks or were sent there. One that a
 * person entered, or changed to more than was sent, is none of them: its tax is not known here. Neither is one that an
 * expense stands for.
 */
export const REFUND_RECEIPTS = `
  select o.org_id, o.proposal_id, o.id, o.entity_id as payment_id, (o.payload ->> 'amountCents')::bigint as cents,
         round(coalesce((o.payload #>> '{draft,taxed,taxCents}')::numeric, 0) * (o.payload ->> 'amountCents')::numeric
               / (o.payload #>> '{draft,amountCents}')::numeric)::bigint as tax_cents,
         (o.payload ->> 'ofReleased')::boolean as of_released
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and o.state <> 'refused'
     and (o.payload ->> 'amountCents')::bigint between 1 and (o.payload #>> '{draft,amountCents}')::bigint
     and not ${IS_PAID_OUT}`;

/** How the payment of a step `o` stands: that operation is the newest of its generations. */
const STATE_OF_PAYMENT = `
  (select x.state from sync_operations x
    where x.org_id = o.org_id and x.kind = 'payment.create' and x.entity_id = o.entity_id
    order by x.generation desc limit 1)`;

/**
 * True where a step `o` of a payment's refunds takes nothing off income: the payment is in no books, as it was refused
 * and has not come there since, or is gone from there; or it is on no invoice, and paid out. A receipt that a person
 * entered by hand though there was no payment is no such step.
 */
export const IS_LEFT_OUT = `
  (o.state = 'waiting' and ${STATE_OF_PAYMENT} = 'refused'
    or o.state = 'refused' and o.error_kind = 'payment_missing'
      and (o.payload -> 'byPerson' is null or ${STATE_OF_PAYMENT} = 'done')
    or ${IS_PAID_OUT})`;

/**
 * What of payments' refunds takes nothing off income: no receipt of it is in the books. Of a payment that the
 * bookkeeper enters that is what nobody owed: it came onto no invoice.
 */
export const REFUNDS_LEFT_OUT = `
  select o.org_id, o.proposal_id, o.entity_id as payment_id, sum((o.payload ->> 'amountCents')::bigint) as cents
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and ${IS_LEFT_OUT}
   group by o.org_id, o.proposal_id, o.entity_id
   union all
  select p.org_id, p.proposal_id, p.id, least(p.not_owed_cents, b.refunded_cents)
    from payments p join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
   where p.org_id = $1 and not p.recorded_here and p.not_owed_cents is not null`;
