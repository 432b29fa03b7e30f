/**
 * Whether a payment, a refund receipt or a credit memo of ours stands in the company $2 of the organisation $1, as far
 * as is known: also where none of its invoices stands any more, people hear of what becomes of them.
 */
export const HAS_OWN_MONEY = `(
  exists (select from sync_operations
           where org_id = $1 and realm_id = $2 and kind in ('payment.create', 'refund.create') and state = 'done'
             and qbo_id is not null and payload -> 'removed' is null)
  or exists (select from credit_memos
              where org_id = $1 and qbo_realm_id = $2 and qbo_credit_memo_id is not null
                and state is distinct from 'deleted'))`;
