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
