import { liveInvoiceSql } from '../../invoices/invoice-state.js';
import { ENTERED_SINCE_REFUSAL } from '../../contracts/settlement/entered-by-hand-sql.js';
import { stoppedSql } from '../../qbo-sync/operations/operation-state.js';
import { goneRefundSql } from '../../payments/ledger/refunds/refund-state.js';

/** Invoices that stand in QuickBooks. */
export const STANDING_INVOICE = `
  i.total_cents is not null and i.txn_date is not null and ${liveInvoiceSql('i')}`;

/** The Stripe payment that a payment in QuickBooks brings into the books. */
const STRIPE_PAYMENT = `
  select distinct on (o.org_id, o.realm_id, o.qbo_id) o.org_id, o.realm_id, o.qbo_id, o.entity_id
    from sync_operations o where o.org_id = $1 and o.kind = 'payment.create' and o.qbo_id is not null
   order by o.org_id, o.realm_id, o.qbo_id, o.id`;

/**
 * What of the Stripe payments `o` is on invoices of other proposals than they were `paid_for`, where a bookkeeper has
 * put it; `a` is what is applied to invoices.
 */
const onOthers = (payments: string, applied: string): string => `
  select o.entity_id as payment_id, sum(a.amount_cents)::bigint as cents
    from (${payments}) o
    join ${applied} a on a.org_id = $1 and a.realm_id = o.realm_id and a.qbo_payment_id = o.qbo_id
                     and a.removed_at is null and a.kind <> 'credit' and a.proposal_id <> o.paid_for
    join invoices i on i.org_id = a.org_id and i.qbo_realm_id = a.realm_id and i.qbo_invoice_id = a.qbo_invoice_id
                   and ${STANDING_INVOICE}
   group by o.entity_id`;

/** Payments `p` of which money on their invoices may be the entry by hand, and since when it may. */
interface ByHand {
  payments: string;
  since: string;
}

/** Of one that was deleted or voided in QuickBooks: the question about that is closed by a person. */
const ENTERED_SINCE_REMOVAL = `
  select greatest(p.created_at, removed.created_at - interval '1 hour') as since
    from (select a.state, a.closed_by, a.created_at from inbox_items a
           where a.org_id = $1 and a.subject = 'payment.removed:' || p.id
           order by a.id desc limit 1) removed
   where removed.state <> 'open' and removed.closed_by is not null`;

/** What was left of each of these as the first of that money came, and how much came. */
const leftAndEntered = ({ payments, since }: ByHand): string => `
  select p.id as payment_id, b.invoice_id, entered.cents as entered_cents,
         greatest(0, p.amount_cents
           - coalesce((select sum(f.amount_cents) from refunds f
                        where f.org_id = p.org_id and f.payment_id = p.id and ${goneRefundSql('f')}
                          and f.made_at < entered.since), 0)
           - coalesce((select sum(d.amount_cents) from disputes d
                        where d.org_id = p.org_id and d.payment_id = p.id and d.state = 'lost'
                          and d.status_at < entered.since), 0)) as left_cents
    from ${payments}
    join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
    join lateral (${since}) asked on true
    join lateral (
      select sum(m.amount_cents) as cents, min(m.seen_at) as since
        from invoices i
        join invoice_payments m on m.org_id = i.org_id and m.realm_id = i.qbo_realm_id
                               and m.qbo_invoice_id = i.qbo_invoice_id
       where i.org_id = p.org_id and i.id = b.invoice_id and m.removed_at is null and m.kind <> 'credit'
         and m.seen_at >= asked.since
         and not exists (
           select from recorded_payments own
            where own.org_id = m.org_id and own.realm_id = m.realm_id
              and own.qbo_payment_id = m.qbo_payment_id)) entered on entered.cents > 0
   where not exists (select from recorded_payments there
                      where there.org_id = $1 and there.payment_id = p.id and not there.is_removed)`;

/**
 * Of the Stripe payments `p` that were deleted or voided in QuickBooks, or refused there, what other money came to
 * their invoice since, once a person has closed the question about it without naming any: it is taken for the payment
 * that was entered by hand, as by whoever asks what is still to be paid. What went back before is entered by nobody. Of
 * one invoice the first takes first, and leaves to the others what they have in common. All of a proposal's are among
 * `payments`, or none.
 */
const enteredAgain = (removed: string, refused: string): string => `
  select g.payment_id, least(g.left_cents, g.entered_cents - g.before_cents)::bigint as cents
    from (select w.payment_id, w.left_cents, w.entered_cents,
                 greatest(0, sum(least(w.left_cents, w.entered_cents)) over earlier
                             - greatest(0, max(w.entered_cents) over earlier - w.entered_cents)) as before_cents
            from (${leftAndEntered({ payments: removed, since: ENTERED_SINCE_REMOVAL })} union all
                  ${leftAndEntered({ payments: refused, since: ENTERED_SINCE_REFUSAL })}) w
          window earlier as (
            partition by w.invoice_id order by w.payment_id rows between unbounded preceding and 1 preceding)) g
   where least(g.left_cents, g.entered_cents - g.before_cents) > 0`;

const counted = (others: string, again: string): string => `
  select c.payment_id, sum(c.cents)::bigint as cents,
         coalesce(sum(c.cents) filter (where c.is_again), 0)::bigint as again_cents
    from (select o.*, false as is_again from (${others}) o
           union all
          select a.*, true from (${again}) a) c group by c.payment_id`;

/**
 * `stripe`, every Stripe payment, and `elsewhere`, what of these counts elsewhere and is not on account, as parts of a
 * statement. Each list is read once, and put beside the other. Looked up one by one, which the planner chooses since it
 * takes two proposals that differ for the usual case, they take several times as long.
 */
export const ALL_COUNTED_ELSEWHERE = `
  stripe as materialized (
    select s.*, p.proposal_id as paid_for
      from (${STRIPE_PAYMENT}) s left join payments p on p.org_id = $1 and p.id = s.entity_id),
  applied as materialized (
    select p.org_id, p.realm_id, p.qbo_payment_id, p.qbo_invoice_id, p.proposal_id, p.kind, p.amount_cents, p.removed_at
      from invoice_payments p where p.org_id = $1 and p.removed_at is null and p.kind <> 'credit'),
  elsewhere as materialized (${counted(
    onOthers('select * from stripe', 'applied'),
    enteredAgain(
      `(select distinct o.org_id, o.payment_id from recorded_payments o where o.org_id = $1 and o.is_removed) r
            join payments p on p.org_id = r.org_id and p.id = r.payment_id`,
      `(select distinct o.org_id, o.entity_id from sync_operations o
               where o.org_id = $1 and o.kind = 'payment.create' and ${stoppedSql('o')}) r
            join payments p on p.org_id = r.org_id and p.id = r.entity_id`,
    ),
  )})`;

/** The same of the payments of the contracts `wanted` alone. */
export const THEIRS_COUNTED_ELSEWHERE = counted(
  onOthers(
    `select o.realm_id, o.qbo_id, o.entity_id, p.proposal_id as paid_for
       from wanted k
       join payments p on p.org_id = $1 and p.proposal_id = k.proposal_id
       join sync_operations o on o.org_id = $1 and o.kind = 'payment.create' and o.entity_id = p.id
                             and o.qbo_id is not null
      where not exists (
        select from sync_operations b
         where b.org_id = $1 and b.realm_id = o.realm_id and b.qbo_id = o.qbo_id and b.kind = 'payment.create'
           and b.id < o.id)`,
    'invoice_payments',
  ),
  enteredAgain(
    `wanted k
            join payments p on p.org_id = $1 and p.proposal_id = k.proposal_id and exists (
              select from recorded_payments o where o.org_id = $1 and o.payment_id = p.id and o.is_removed)`,
    `wanted k join payments p on p.org_id = $1 and p.proposal_id = k.proposal_id`,
  ),
);
