/**
 * Refunds that a person has to enter, or entered, by hand, since they may pay out a credit that is on no invoice. What
 * waits for the person's word is `undecided`.
 */
export const REFUND_PAYOUTS = `
  select o.org_id, o.proposal_id, o.entity_id as payment_id, sum((o.payload ->> 'amountCents')::bigint) as cents,
         coalesce(sum((o.payload ->> 'amountCents')::bigint) filter (where o.payload -> 'byPerson' is null), 0)
           as undecided_cents
    from sync_operations o
   where o.org_id = $1 and o.kind = 'refund.create' and o.state = 'refused'
     and o.error_kind = 'refund_beside_credit'
   group by o.org_id, o.proposal_id, o.entity_id`;

/**
 * True where a row `m` of credit_memos is not made, since a refund that was made before may have given back what it
 * credits: until a person says otherwise it has.
 */
export const IS_GIVEN_BACK = `
  exists (select from sync_operations o
           where o.org_id = m.org_id and o.kind = 'credit.create' and o.entity_id = m.id and o.state = 'refused'
             and o.error_kind = 'credit_beside_refund')`;

/** True where QuickBooks, or a question, has refused to make a row `m` of credit_memos. */
export const IS_REFUSED_MEMO = `
  exists (select from sync_operations o
           where o.org_id = m.org_id and o.kind = 'credit.create' and o.entity_id = m.id and o.state = 'refused')`;

/** True while a person is asked about a row `m` of credit_memos. */
export const IS_ASKED_ABOUT = `
  exists (select from inbox_items n
           where n.org_id = m.org_id and n.subject = 'credit.create:' || m.id and n.state = 'open')`;

/**
 * True where one that was refused does not come any more: a person has closed the question about it, or another one of
 * its change order stands, as its void was undone.
 */
const IS_NOT_COMING = `
  (${IS_REFUSED_MEMO} and (
     not ${IS_ASKED_ABOUT}
     or exists (
       select from credit_memos s
        where s.org_id = m.org_id and s.change_order_id = m.change_order_id and s.state in ('open', 'used'))))`;

/** True where something of a row `m` of credit_memos is on no invoice: QuickBooks has it, or is to have it. */
export const IS_WAITING_MEMO = `
  (m.state = 'open' or m.state is null and not ${IS_GIVEN_BACK} and not ${IS_NOT_COMING})`;

/** True where a row `m` of credit_memos credits nothing: it is gone from QuickBooks, or does not come there. */
export const IS_GONE_MEMO = `
  (m.state in ('voided', 'deleted') or m.state is null and not ${IS_GIVEN_BACK} and ${IS_NOT_COMING})`;
