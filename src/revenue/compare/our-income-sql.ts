import { REFUNDS_LEFT_OUT } from '../../contracts/settlement/refund-receipts-sql.js';
import { goneRefundSql } from '../../payments/ledger/refunds/refund-state.js';
import type { RevenueBasis } from '../revenue-basis.js';

/** Parameters: the organisation, the company, the first and the last day, then types and ids of what QuickBooks has. */
export const ourIncomeSql = (basis: RevenueBasis): string => `
  with sums as (${sumsSql(basis)}),
       written as (${WRITTEN}),
       left_out as (select l.payment_id, sum(l.cents) as cents from (${REFUNDS_LEFT_OUT}) l group by l.payment_id),
       back as (${BACK}),
       failed as (${FAILED}),
       dated as (${DATED}),
       shown as (${shownSql(basis)}),
       compared as (${COMPARED}),
       used as (${USED})
  select * from shown
   union all ${KNOWN_INVOICES}
   union all ${KNOWN_USED_MEMOS}
   union all ${KNOWN_MEMOS}
   union all ${KNOWN_RECEIPTS}`;

/** The events between the days, by contract and source. Some were posted into another month than they happened in. */
const sumsSql = (basis: RevenueBasis): string => `
  select e.contract_id, e.currency, e.source_kind, e.source_id, sum(e.cents) filter (
           where e.posted_on between $3 and $4) as cents,
         bool_or(e.posted_on <> e.event_on) as moved
    from revenue_events e
   where e.org_id = $1 and ${basis === 'accrual' ? `e.kind = 'earned'` : `e.kind = 'received' and e.item <> 'tax'`}
     and (e.posted_on between $3 and $4 or e.event_on between $3 and $4)
   group by e.contract_id, e.currency, e.source_kind, e.source_id`;

/** Payments and refund receipts that were written to QuickBooks, in this company or elsewhere. */
const WRITTEN = `
  select o.kind, o.entity_id, max(o.qbo_id) filter (where o.realm_id = $2) as qbo_id,
         array_agg(o.qbo_id) filter (where o.realm_id = $2) as qbo_ids,
         bool_and(o.realm_id <> $2) as elsewhere
    from sync_operations o
   where o.org_id = $1 and o.kind in ('refund.create', 'payment.create') and o.qbo_id is not null
   group by o.kind, o.entity_id`;

/** What went back of each payment, and what was to. */
const BACK = `
  select r.payment_id, sum(r.amount_cents) filter (where r.state in ('failed', 'cancelled')) as failed,
         coalesce(sum(r.amount_cents) filter (where ${goneRefundSql('r')}), 0) as gone
    from refunds r where r.org_id = $1 group by r.payment_id`;

/** By how much the receipts of a payment are above what went back of it, as far as refunds that failed explain it. */
const FAILED = `
  select b.payment_id, least(b.failed, greatest(0, sum((o.payload ->> 'amountCents')::bigint)
           - b.gone + coalesce(l.cents, 0))) as cents
    from back b
    join sync_operations o on o.org_id = $1 and o.kind = 'refund.create' and o.entity_id = b.payment_id
                          and o.state = 'done' and o.payload -> 'removed' is null
    left join left_out l on l.payment_id = b.payment_id
   where b.failed > 0 group by b.payment_id, b.failed, b.gone, l.cents`;

/** The sums with the documents that they may stand for. */
const DATED = `
  select s.*, k.proposal_id, k.revenue_policy, i.qbo_invoice_id as invoice_id,
         m.qbo_credit_memo_id as memo_id, a.qbo_invoice_id as paid_invoice_id,
         nullif(a.credit_memo_id, '') as used_memo_id, a.removed_at is not null as unused,
         coalesce(q.qbo_id, b.qbo_id) as written_id, coalesce(q.qbo_ids, '{}') as receipt_ids,
         coalesce(i.qbo_realm_id, m.qbo_realm_id, a.realm_id, $2) <> $2
           or coalesce(q.elsewhere, b.elsewhere, false) as elsewhere
    from sums s
    join contracts k on k.org_id = $1 and k.id = s.contract_id
    left join invoices i on i.org_id = $1 and s.source_kind = 'invoice' and i.id::text = s.source_id
    left join credit_memos m on m.org_id = $1 and s.source_kind = 'credit_memo' and m.id::text = s.source_id
    left join invoice_payments a on a.org_id = $1 and s.source_kind = 'application' and a.id::text = s.source_id
    left join refunds r on r.org_id = $1 and s.source_kind = 'refund' and r.id::text = s.source_id
    left join written q on q.kind = 'refund.create' and q.entity_id = r.payment_id
    left join written b on b.kind = 'payment.create' and s.source_kind = 'payment'
                       and b.entity_id::text = s.source_id`;

/** The sums by their document. A credit that was taken off again, and comes to nothing, is no document of ours. */
const shownSql = (basis: RevenueBasis): string => {
  const applied =
    basis === 'accrual' ? `case when s.used_memo_id is not null then 'CreditMemo' end` : `'Invoice'`;
  const appliedId = basis === 'accrual' ? `s.used_memo_id` : `s.paid_invoice_id`;
  return `
  select case when s.elsewhere then null else
           case s.source_kind when 'invoice' then 'Invoice' when 'credit_memo' then 'CreditMemo'
             when 'application' then ${applied} when 'payment' then 'Payment' when 'refund' then 'RefundReceipt'
             end end as type,
         case s.source_kind when 'invoice' then s.invoice_id when 'credit_memo' then s.memo_id
           when 'application' then ${appliedId} else s.written_id end as "qboId",
         s.source_kind || ':' || s.source_id as source, s.proposal_id as "proposalId", s.currency,
         coalesce(s.cents, 0)::float8 as cents,
         s.revenue_policy = 'invoice' as "isInvoicePolicy", 0 as "heldCents",
         s.moved as "isMoved", s.source_kind = 'invoice' as "isOurs", s.elsewhere as "isElsewhere",
         0 as "paidEarlyCents", 0 as "creditedCents", 0 as "retainedCents", 0 as splits,
         0 as "failedRefundCents", 0 as "leftOutCents", s.receipt_ids as "receiptIds"
    from dated s
   where not (${basis === 'accrual'} and s.used_memo_id is not null and s.unused and coalesce(s.cents, 0) = 0)`;
};

/** The documents that are compared: those that QuickBooks has, and those of the sums. */
const COMPARED = `
  select b.type, b.id from unnest($5::text[], $6::text[]) as b(type, id)
   union
  select s.type, s."qboId" from shown s where s.type is not null and s."qboId" is not null`;

/** What was credited on each invoice that is compared, and paid before its day. */
const USED = `
  select i.qbo_invoice_id, sum(a.amount_cents) filter (where a.kind = 'credit') as credited,
         sum(a.amount_cents) filter (where a.kind <> 'credit' and a.paid_on < i.txn_date) as early,
         count(*) filter (where coalesce(i.tax_cents, 0) <> 0 or i.retained_cents <> 0
                     or i.released_cents <> 0) as splits
    from invoices i
    join invoice_payments a on a.org_id = $1 and a.realm_id = $2 and a.qbo_invoice_id = i.qbo_invoice_id
                           and a.removed_at is null
   where i.org_id = $1 and i.qbo_realm_id = $2
     and i.qbo_invoice_id in (select c.id from compared c where c.type = 'Invoice')
   group by i.qbo_invoice_id`;

/** What an invoice holds of deposits, where those are owed until they are earned. */
const HELD_ON_INVOICE = `
  case when k.deposit_mode <> 'liability' then 0
       when i.kind = 'deposit'
         then coalesce(i.total_cents, 0) - coalesce(i.tax_cents, 0) + i.retained_cents - i.released_cents
       else -i.released_cents end`;

/** Of the documents that are compared, what else is known: in the columns of `shown`. */
const KNOWN_INVOICES = `
  select 'Invoice', i.qbo_invoice_id, 'invoice:' || i.id, k.proposal_id, i.currency, 0,
         k.revenue_policy = 'invoice', ${HELD_ON_INVOICE}::float8, false, true, false,
         coalesce(u.early, 0)::float8, coalesce(u.credited, 0)::float8, abs(i.retained_cents)::float8,
         coalesce(u.splits, 0)::int, 0, 0, '{}'
    from invoices i join contracts k on k.org_id = i.org_id and k.proposal_id = i.proposal_id
    join compared c on c.type = 'Invoice' and c.id = i.qbo_invoice_id
    left join used u on u.qbo_invoice_id = i.qbo_invoice_id
   where i.org_id = $1 and i.qbo_realm_id = $2 and i.qbo_invoice_id is not null`;

const KNOWN_USED_MEMOS = `
  select 'CreditMemo', a.credit_memo_id, 'application:' || a.id, k.proposal_id, k.currency, 0,
         k.revenue_policy = 'invoice', 0, false, false, false, 0, 0, 0, 0, 0, 0, '{}'
    from invoice_payments a join contracts k on k.org_id = a.org_id and k.proposal_id = a.proposal_id
    join compared c on c.type = 'CreditMemo' and c.id = a.credit_memo_id
   where a.org_id = $1 and a.realm_id = $2 and a.removed_at is null and a.credit_memo_id <> ''`;

const KNOWN_MEMOS = `
  select 'CreditMemo', m.qbo_credit_memo_id, 'credit_memo:' || m.id, k.proposal_id, k.currency, 0,
         k.revenue_policy = 'invoice', 0, false, false, false, 0, 0, 0, 0, 0, 0, '{}'
    from credit_memos m join contracts k on k.org_id = m.org_id and k.proposal_id = m.proposal_id
    join compared c on c.type = 'CreditMemo' and c.id = m.qbo_credit_memo_id
   where m.org_id = $1 and m.qbo_realm_id = $2 and m.qbo_credit_memo_id is not null`;

const KNOWN_RECEIPTS = `
  select 'RefundReceipt', q.qbo_id, 'payment:' || p.id, k.proposal_id, k.currency, 0,
         k.revenue_policy = 'invoice',
         case when k.deposit_mode = 'liability' and p.invoice_kind = 'deposit' then coalesce(g.gone, 0) else 0
           end::float8, false, false, false, 0, 0, 0, 0,
         coalesce(f.cents, 0)::float8, coalesce(l.cents, 0)::float8, q.qbo_ids
    from written q
    join payments p on p.org_id = $1 and p.id = q.entity_id
    join contracts k on k.org_id = p.org_id and k.proposal_id = p.proposal_id
    left join back g on g.payment_id = p.id
    left join failed f on f.payment_id = p.id
    left join left_out l on l.payment_id = p.id
   where q.kind = 'refund.create' and q.qbo_id is not null
     and exists (select from compared c where c.type = 'RefundReceipt' and c.id = any(q.qbo_ids))`;
