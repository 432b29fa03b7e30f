import { goneRefundSql } from '../../payments/ledger/refunds/refund-state.js';

/** The newest operation of a payment `of`, as `x`, with a condition on it: how the payment stands in QuickBooks. */
const newestOf = (of: { orgId: string; paymentId: string }, condition: string): string => `
  exists (select from (
     select x.org_id, x.state, x.payload, x.proposal_id from sync_operations x
      where x.org_id = ${of.orgId} and x.kind = 'payment.create' and x.entity_id = ${of.paymentId}
      order by x.generation desc limit 1) x where ${condition})`;

/**
 * True where a payment is in no books, as it was refused and has not come there since, was deleted or voided there, or
 * waits though its proposal is not approved. What is refunded of it comes into none either, or is asked about first.
 */
const isOut = (orgId: string, paymentId: string): string =>
  newestOf(
    { orgId, paymentId },
    `(x.state = 'refused' or x.state = 'done' and x.payload -> 'removed' is not null
       or x.state = 'waiting' and exists (
            select from leads l where l.org_id = x.org_id and l.id = x.proposal_id and l.status <> 'approved'))`,
  );

/** The same of the payment of a step `o`. */
export const IS_PAYMENT_OUT = isOut('o.org_id', 'o.entity_id');

/** True where the payment of a step `o` came into the books, whether it is there still or not. */
export const WAS_PAYMENT_RECORDED = newestOf(
  { orgId: 'o.org_id', paymentId: 'o.entity_id' },
  `x.state = 'done'`,
);

/** What of a payment's refunds has a step, put into the books or not. */
const stepCents = (orgId: string, paymentId: string): string => `
  (select coalesce(sum((s.payload ->> 'amountCents')::bigint), 0) from sync_operations s
    where s.org_id = ${orgId} and s.kind = 'refund.create' and s.entity_id = ${paymentId})`;

/**
 * True where the receipt of a step `o` was taken out of QuickBooks and its payment is on no invoice there: both are
 * gone, or the money went back as an expense on Accounts Receivable, which pays the customer's credit out. Not while
 * more has steps than is refunded: then a refund failed, and that is why its receipt was taken out.
 */
const IS_TAKEN_OUT = `
  (o.state = 'done' and (o.payload -> 'removed' is not null or exists (
     select from qbo_documents d
      where d.org_id = o.org_id and d.realm_id = o.realm_id and d.type = 'RefundReceipt' and d.qbo_id = o.qbo_id
        and d.state <> 'live'))
   and not exists (
     select from recorded_payments x
       join invoice_payments a on a.org_id = x.org_id and a.realm_id = x.realm_id
                              and a.qbo_payment_id = x.qbo_payment_id and a.removed_at is null
      where x.org_id = o.org_id and x.payment_id = o.entity_id)
   and ${stepCents('o.org_id', 'o.entity_id')} <= (
     select coalesce(sum(r.amount_cents), 0) from refunds r
      where r.org_id = o.org_id and r.payment_id = o.entity_id and ${goneRefundSql('r')}))`;

/** What of the receipt of a step `o` is tax: as QuickBooks has it, and until that is known as it was sent. */
export const RECEIPT_TAX_CENTS = `
  (case when o.payload #> '{booked,cents}' = o.payload -> 'amountCents'
        then (o.payload #>> '{booked,taxCents}')::bigint
        else round(coalesce((o.payload #>> '{draft,taxed,taxCents}')::numeric, 0)
                   * (o.payload ->> 'amountCents')::numeric
                   / (o.payload #>> '{draft,amountCents}')::numeric)::bigint end)`;

/**
 * What of the receipt of a step `o` that comes off what is owed comes off income beside that, before tax: what
 * QuickBooks has under other products, and until that is known what was sent. Of what is no refund any more, lowered
 * there or not, it is what goes first, as `refund_reversed` says.
 */
export const RECEIPT_RELEASED_CENTS = `
  (case when o.payload #> '{booked,heldCents}' is not null
        then greatest(0, (o.payload #>> '{booked,cents}')::bigint - (o.payload #>> '{booked,taxCents}')::bigint
                           - (o.payload #>> '{booked,heldCents}')::bigint
                           - greatest(0, (o.payload #>> '{booked,cents}')::bigint
                                           - (o.payload ->> 'amountCents')::bigint))
        else greatest(0, coalesce((o.payload ->> 'releasedCents')::bigint, 0)
                           - coalesce((o.payload #>> '{draft,amountCents}')::bigint
                                        - (o.payload ->> 'amountCents')::bigint, 0)) end)`;

/**
 * The refund receipts of an organisation, the first parameter, that are in QuickBooks or were sent there, with the tax
 * that QuickBooks has of them, and until that is known the tax that was sent. One that a person entered, or changed to
 * more than was sent, is none of them: its tax is not known here. Neither is one that was taken out with its payment,
 * or that an expense stands for.
 */
export const REFUND_RECEIPTS = `
  select o.org_id, o.proposal_id, o.id, o.entity_id as payment_id, (o.payload ->> 'amountCents')::bigint as cents,
         ${RECEIPT_TAX_CENTS} as tax_cents,
         (o.payload ->> 'ofReleased')::boolean as of_released,
         ${RECEIPT_RELEASED_CENTS} as released_cents
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and o.state <> 'refused'
     and (o.payload ->> 'amountCents')::bigint between 1 and (o.payload #>> '{draft,amountCents}')::bigint
     and not ${IS_TAKEN_OUT}`;

/**
 * True where a step `o` of a payment's refunds takes nothing off income: the payment is in no books, or the receipt is
 * not any more. A receipt that a person entered by hand though there was no payment is no such step, as `leftOut` says;
 * of one from before that was kept a person's word means it where the payment was never there.
 */
const IS_LEFT_OUT = `
  (o.state = 'waiting' and ${IS_PAYMENT_OUT}
    or o.state = 'refused' and coalesce((o.payload ->> 'leftOut')::boolean, o.error_kind = 'payment_missing'
         and (o.payload -> 'byPerson' is null or ${WAS_PAYMENT_RECORDED}))
    or ${IS_TAKEN_OUT})`;

/**
 * What of a payment in QuickBooks is on no invoice of ours, as far as is known: 0 of one that is not there, or of which
 * nothing was read yet, and less what a person is asked about already. It is on account, and what is refunded of it is
 * asked about before anything of it comes off income.
 */
const onAccountCents = (orgId: string, paymentId: string): string => `
  coalesce((select case when a.rows = 0 then 0
                        else greatest(0, x.amount_cents - a.cents - asked.cents) end
     from recorded_payments x
     cross join lateral (
       select coalesce(sum((s.payload ->> 'onAccountCents')::bigint), 0) as cents from sync_operations s
        where s.org_id = x.org_id and s.kind = 'refund.create' and s.entity_id = x.payment_id
          and s.state = 'refused' and s.error_kind = 'refund_on_account' and s.payload -> 'byPerson' is null) asked
     cross join lateral (
       select count(*) as rows, coalesce(sum(n.amount_cents) filter (where n.removed_at is null), 0) as cents
         from invoice_payments n
        where n.org_id = x.org_id and n.realm_id = x.realm_id and n.qbo_payment_id = x.qbo_payment_id
          and n.kind <> 'credit') a
    where x.org_id = ${orgId} and x.payment_id = ${paymentId} and not x.is_removed
    order by x.operation_id desc limit 1), 0)`;

/** What of a step `o` of a payment's refunds takes nothing off income. */
export const LEFT_OUT_CENTS = `
  (case when ${IS_LEFT_OUT} then (o.payload ->> 'amountCents')::bigint
        when o.state = 'refused' and o.error_kind = 'refund_on_account'
          then least((o.payload ->> 'amountCents')::bigint, (o.payload ->> 'onAccountCents')::bigint)
        when o.state = 'waiting' and o.payload -> 'onAccountConfirmed' is null
          then least((o.payload ->> 'amountCents')::bigint, ${onAccountCents('o.org_id', 'o.entity_id')})
        else 0 end)`;

/** What was refunded of payments that are in no books or on account, and has no step yet: it has none of these. */
const WITHOUT_STEP = `
  select w.org_id, w.proposal_id, w.payment_id,
         case when ${isOut('w.org_id', 'w.payment_id')} then w.cents
              else least(w.cents, ${onAccountCents('w.org_id', 'w.payment_id')}) end as cents
    from (select p.org_id, p.proposal_id, p.id as payment_id,
                 least(r.cents, p.amount_cents) - ${stepCents('p.org_id', 'p.id')} as cents
            from (select b.payment_id, sum(b.amount_cents) as cents from refunds b
                   where b.org_id = $1 and ${goneRefundSql('b')} group by b.payment_id) r
            join payments p on p.org_id = $1 and p.id = r.payment_id) w
   where w.cents > 0`;

/**
 * What nobody owed of each refund and lost dispute of payments that the bookkeeper enters: it came onto no invoice. Of
 * what went back of a payment the first is meant first; Stripe tells the time to the second, within which a refund
 * counts as earlier than a lost dispute.
 */
const NOT_OWED_RETURNS = `
  select u.org_id, u.proposal_id, u.payment_id, u.kind, least(u.cents, u.not_owed_cents - u.before_cents) as cents
    from (select b.*, p.not_owed_cents, coalesce(sum(b.cents) over (
                   partition by b.payment_id order by date_trunc('second', b.at), b.kind desc, b.id
                   rows between unbounded preceding and 1 preceding), 0) as before_cents
            from (select org_id, proposal_id, payment_id, 'refund' as kind, id, made_at as at, amount_cents as cents
                    from refunds f where org_id = $1 and ${goneRefundSql('f')}
                   union all
                  select org_id, proposal_id, payment_id, 'dispute', id, status_at, amount_cents
                    from disputes where org_id = $1 and state = 'lost') b
            join payments p on p.org_id = b.org_id and p.id = b.payment_id
           where not p.recorded_here and p.not_owed_cents is not null) u
   where u.before_cents < u.not_owed_cents`;

/** What nobody owed of lost disputes, by payment: it never counted as received. */
export const LOSSES_NOT_OWED = `
  select u.org_id, u.proposal_id, u.payment_id, sum(u.cents)::bigint as cents
    from (${NOT_OWED_RETURNS}) u where u.kind = 'dispute' group by u.org_id, u.proposal_id, u.payment_id`;

/**
 * What of payments' refunds takes nothing off income: no receipt of it is in the books. Of a payment that the
 * bookkeeper enters that is what nobody owed.
 */
export const REFUNDS_LEFT_OUT = `
  select q.org_id, q.proposal_id, q.payment_id, sum(q.cents)::bigint as cents
    from (select o.org_id, o.proposal_id, o.entity_id as payment_id, ${LEFT_OUT_CENTS} as cents
            from sync_operations o
           where o.org_id = $1 and o.kind = 'refund.create'
           union all ${WITHOUT_STEP}
           union all
          select u.org_id, u.proposal_id, u.payment_id, u.cents
            from (${NOT_OWED_RETURNS}) u where u.kind = 'refund') q
   where q.cents > 0
   group by q.org_id, q.proposal_id, q.payment_id`;
