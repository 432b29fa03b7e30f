import { owingInvoiceSql } from '../../../invoices/invoice-state.js';
import { REFERENCE } from '../../../payments/ledger/payment-filter-sql.js';
import { usableOnAccount } from '../../../payments/ledger/usable-on-account-sql.js';
import {
  CONNECTION,
  isExcluded,
  newestOperation,
  openItems,
  operationColumns,
  unfinishedOperations,
} from './explain-sql.js';

/**
 * The invoice `i` that decides: what is open comes before what is paid; of it, first what was paid and QuickBooks does
 * not show, then what is due first.
 */
const INVOICE = `
  left join lateral (
    select ours.* from invoices ours
      cross join lateral (
        select ours.state is null or ${owingInvoiceSql('ours')} as is_open) as now
      cross join lateral (
        select coalesce(sum(b.net_cents), 0) > coalesce(ours.paid_cents, 0) as is_hidden from payment_balances b
         where b.org_id = $1 and b.proposal_id = $2 and b.currency = l.currency
           and b.invoice_kind = ours.kind and b.invoice_sequence = ours.sequence) money
     where ours.org_id = l.org_id and ours.proposal_id = l.id and ours.qbo_invoice_id is not null
     order by now.is_open desc, now.is_open and money.is_hidden desc,
              case when now.is_open then ours.due_on end nulls first,
              case when not now.is_open then ours.qbo_invoice_id = l.qbo_invoice_id end desc, ours.id
     limit 1) i on true`;

/** What is owed on the other invoices. */
const OTHER_INVOICES = `
  cross join lateral (
    select count(*) as total, sum(o.balance_cents) as cents from invoices o
     where o.org_id = l.org_id and o.proposal_id = l.id and o.id <> i.id and o.balance_cents > 0
       and o.qbo_invoice_id is not null and ${owingInvoiceSql('o')}) others`;

/** The entry of the contract that it is about: that of the invoice, and before there is one the deposit. */
const ENTRY = `
  cross join lateral (
    select coalesce(i.kind, 'deposit') as kind, coalesce(i.sequence, 1) as sequence,
           case when i.id is null then l.status = 'approved'
                else i.state is null or ${owingInvoiceSql('i')} end as is_owed) entry`;

/** The change order that an entry bills, under a name: columns of `o`, a change order. */
const changeOrder = (name: string, columns: string, entry: string): string => `
  left join lateral (
    select ${columns}
      from contracts c
      join contract_entries e on e.org_id = c.org_id and e.contract_id = c.id
      join change_orders o on o.org_id = e.org_id and o.id = e.change_order_id
     where c.org_id = $1 and c.proposal_id = $2 and e.kind = ${entry}.kind and e.sequence = ${entry}.sequence
  ) ${name} on true`;

/** Other invoices that were paid here and are gone from QuickBooks, with what of that money is on no other one. */
const GONE_INVOICES = `
  left join lateral (
    select jsonb_agg(jsonb_build_object('id', g.id, 'number', coalesce(g.number, g.qbo_invoice_id),
             'state', g.state, 'netCents', kept.cents, 'key', jsonb_build_object('kind', g.kind,
             'sequence', g.sequence, 'change', change.named)) order by g.id) as invoices
      from invoices g
      join lateral (
        select sum(greatest(b.net_cents - moved.cents, 0)) as cents
          from payment_balances b
          cross join lateral (
            -- What a bookkeeper put on another invoice since.
            select coalesce(sum(m.amount_cents), 0) as cents
              from recorded_payments r
              join invoice_payments m
                on m.org_id = r.org_id and m.realm_id = r.realm_id and m.qbo_payment_id = r.qbo_payment_id
             where r.org_id = $1 and r.payment_id = b.payment_id and m.kind = 'payment' and m.removed_at is null
               and m.qbo_invoice_id <> g.qbo_invoice_id) moved
         where b.org_id = $1 and b.proposal_id = $2 and b.currency = l.currency
           and b.invoice_kind = g.kind and b.invoice_sequence = g.sequence) kept on kept.cents > 0
      ${changeOrder('change', `jsonb_build_object('number', o.number, 'description', o.description) as named`, 'g')}
     where g.org_id = $1 and g.proposal_id = $2 and g.state in ('voided', 'deleted') and g.id <> i.id
       and not exists (
         select from invoices n
          where n.org_id = $1 and n.proposal_id = $2 and n.kind = g.kind and n.sequence = g.sequence
            and n.generation > g.generation)) gone on true`;

/** Links to the page of the proposal. Parameter 4: now. */
const LINKS = `
  left join lateral (
    select count(*) as total, count(*) filter (where revoked_at is null and expires_at > $4) as live
      from portal_links p where p.org_id = $1 and p.proposal_id = $2) link on true`;

/** What was paid here, of payments `b` that are like this, under a name. */
const paidHere = (name: string, where: string): string => `
  left join lateral (
    select sum(amount_cents) as paid, sum(refunded_cents) as refunded, sum(lost_cents) as lost,
           sum(net_cents) as net, max(paid_at) as paid_at
      from payment_balances b
     where b.org_id = $1 and b.proposal_id = $2 and b.currency = l.currency and ${where}) ${name} on true`;

/**
 * The dispute about a payment of the entry: of those that are open the one to be answered first, else the newest that
 * was lost. Parameter 4: now.
 */
const DISPUTE = `
  left join lateral (
    select case when d.state = 'open' then 'dispute:' || d.id end as subject,
           jsonb_build_object('stripeStatus', d.stripe_status, 'respondBy', d.respond_by,
             'takesAnswer', d.takes_answer, 'cents', d.amount_cents, 'paidCents', p.amount_cents,
             'paidAt', p.paid_at, 'reference', ${REFERENCE}, 'isOnlyPayment', not exists (
               select from payments beside
                where beside.org_id = $1 and beside.proposal_id = $2 and beside.id <> p.id
                  and beside.invoice_kind = entry.kind and beside.invoice_sequence = entry.sequence),
             'others', count(*) filter (where d.state = 'open') over ()
                       - case when d.state = 'open' then 1 else 0 end) as told
      from disputes d join payments p on p.org_id = d.org_id and p.id = d.payment_id
     where d.org_id = $1 and d.proposal_id = $2 and d.state in ('open', 'lost')
       and p.invoice_kind = entry.kind and p.invoice_sequence = entry.sequence
     order by (d.state = 'open') desc,
              case when d.state = 'open' and d.stripe_status like '%needs_response' and d.takes_answer
                    and coalesce(d.respond_by, 'infinity') > $4 then coalesce(d.respond_by, 'infinity') end nulls last,
              d.id desc
     limit 1) dispute on true`;

/**
 * The newest payment page. Parameter 5: the key of Stripe is a live one; nothing is heard of a page of test mode then.
 */
const PAYMENT_PAGE = `
  left join lateral (
    select status, amount_cents, expires_at, updated_at, error
      from checkout_sessions c
     where c.org_id = $1 and c.proposal_id = $2
       and not ($5 and coalesce(starts_with(c.stripe_session_id, 'cs_test_'), false))
     order by id desc limit 1) page on true`;

/** When the invoice was paid, as was logged. */
const PAID = `
  left join lateral (
    select max(created_at) as at from portal_activity a
     where a.org_id = $1 and a.proposal_id = $2 and a.event = 'invoice_paid'
       and a.meta ->> 'qbo_invoice_id' = i.qbo_invoice_id) paid on true`;

/** What was paid for the entry and the bookkeeper enters, or of which that is not decided. */
const BY_BOOKKEEPER = `
  left join lateral (
    select coalesce(sum(amount_cents) filter (where not p.recorded_here), 0) as cents,
           coalesce(sum(amount_cents) filter (where p.recorded_here is null), 0) as undecided
      from payments p
     where p.org_id = $1 and p.proposal_id = $2 and p.currency = l.currency
       and p.invoice_kind = entry.kind and p.invoice_sequence = entry.sequence) bookkeeper on true`;

/** What of our payments is on the invoice in QuickBooks. */
const RECORDED = `
  left join lateral (
    select coalesce(sum(p.amount_cents), 0) as cents
      from invoice_payments p
      join recorded_payments r on r.org_id = p.org_id and r.proposal_id = $2 and r.realm_id = p.realm_id
                              and r.qbo_payment_id = p.qbo_payment_id
     where p.org_id = $1 and p.proposal_id = $2 and p.kind = 'payment' and p.removed_at is null
       and p.qbo_invoice_id = i.qbo_invoice_id) recorded on true`;

/**
 * Whether a payment of the entry is recorded, and its invoice was not read since: whoever enters what the invoice lacks
 * enters it a second time.
 */
const NOT_READ_SINCE = `
  exists (
    select from recorded_payments r
      join payments p on p.org_id = r.org_id and p.id = r.payment_id
      join sync_operations o on o.org_id = r.org_id and o.id = r.operation_id
     where r.org_id = $1 and r.proposal_id = $2 and not r.is_removed and r.realm_id = i.qbo_realm_id
       and p.invoice_kind = entry.kind and p.invoice_sequence = entry.sequence and o.updated_at >= i.last_sync_at
       and not exists (
         select from invoice_payments m
          where m.org_id = $1 and m.realm_id = r.realm_id and m.qbo_payment_id = r.qbo_payment_id))`;

/**
 * True of an item about money on account that says why the proposal is not paid, or what becomes of its own payment.
 * Where the invoice of that is gone and the money is with us, the invoice is told of instead.
 */
const aboutMoneyOnAccount = (item: string): string => `
  ${item}.code = 'payment_on_account' and exists (
    select from (
      select ${usableOnAccount(item)} as is_usable, exists (
               select from recorded_payments own
                where own.org_id = $1 and own.proposal_id = $2 and ${item}.subject =
                  'payment.on_account:' || own.realm_id || ':' || own.qbo_payment_id) as is_own) money
     where case when money.is_usable then entry.is_owed and (not money.is_own or gone.invoices is null)
                else money.is_own end)`;

const PAID_FOR_ENTRY = `b.invoice_kind = entry.kind and b.invoice_sequence = entry.sequence`;

/** Of an operation `o`: it records a payment that is for the entry. */
const RECORDS_ENTRY = `
  o.kind = 'payment.create' and o.proposal_id = $2 and exists (
    select from payments p where p.org_id = $1 and p.id = o.entity_id
       and p.invoice_kind = entry.kind and p.invoice_sequence = entry.sequence)`;

/** About the proposal, or about its customer where that says why it is not paid or has no invoice. */
const ABOUT_PROPOSAL = `
  i.proposal_id = $2 or (i.proposal_id is null and i.customer_id = l.customer_id and (
    (${aboutMoneyOnAccount('i')}) or (l.qbo_invoice_id is null and i.code <> 'payment_on_account')))`;

/**
 * What decides the answer about a proposal. Parameters: the organisation, the proposal, the environment of QuickBooks,
 * now, whether the key of Stripe is a live one.
 */
export const PROPOSAL_FACTS = `
  select l.status, l.amount_cents, l.deposit_cents, l.currency, l.approved_at,
         link.total > 0 as has_link, link.live > 0 as has_live_link,
         money.paid as deposit_paid, money.refunded as deposit_refunded, money.lost as deposit_lost,
         money.paid_at as deposit_at,
         down.paid as down_paid, down.refunded as down_refunded, down.lost as down_lost, down.paid_at as down_at,
         money.net as deposit_net, dispute.told as deposit_dispute,
         page.status as checkout_status, page.amount_cents as checkout_amount, page.expires_at as checkout_expires,
         page.updated_at as checkout_since, page.error as checkout_error,
         i.id as invoice_id, entry.kind as invoice_kind, entry.sequence as invoice_sequence,
         billed.number as change_number, billed.description as change_description,
         coalesce(i.number, i.qbo_invoice_id) as invoice_number, i.qbo_invoice_id as invoice_qbo_id,
         i.state as invoice_state,
         i.total_cents as invoice_total, i.balance_cents as invoice_balance, i.paid_cents as invoice_paid,
         recorded.cents + bookkeeper.cents as invoice_recorded, bookkeeper.cents as invoice_by_hand,
         bookkeeper.undecided as invoice_undecided,
         i.due_on::text as invoice_due, paid.at as invoice_paid_at,
         (select max(p.paid_on)::text from invoice_payments p
           where p.org_id = $1 and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
             and p.removed_at is null) as invoice_settled_on,
         (select max(r.sent_at) from invoice_reminders r
           where r.org_id = $1 and r.invoice_id = i.id) as invoice_reminded_at,
         greatest(i.last_sync_at, case when i.qbo_invoice_id = l.qbo_invoice_id then l.qbo_last_sync_at end)
           as invoice_seen,
         coalesce(i.qbo_realm_id <> t.realm_id, false) as invoice_elsewhere, gone.invoices as gone_invoices,
         others.total as others_open, others.cents as others_cents,
         l.customer_id, ${isExcluded('l.customer_id')} as excluded,
         exists (select from customers c
                  where c.org_id = l.org_id and c.id = l.customer_id and c.erased_at is not null) as is_erased,
         ${operationColumns('creation')}, ${operationColumns('record')}, ${NOT_READ_SINCE} as record_unread,
         items.open as inbox_items, unfinished.operations as unfinished, ${CONNECTION}
    from leads l
    left join qbo_tokens t on t.org_id = l.org_id
    ${INVOICE}
    ${OTHER_INVOICES}
    ${ENTRY}
    ${changeOrder('billed', 'o.number, o.description', 'entry')}
    ${GONE_INVOICES}
    ${LINKS}
    ${paidHere('money', PAID_FOR_ENTRY)}
    ${paidHere('down', `b.invoice_kind = 'deposit'`)}
    ${DISPUTE}
    ${PAYMENT_PAGE}
    ${PAID}
    ${BY_BOOKKEEPER}
    ${RECORDED}
    ${newestOperation('creation', `o.kind = 'invoice.create' and o.proposal_id = $2`)}
    ${newestOperation('record', RECORDS_ENTRY)}
    ${unfinishedOperations(`o.proposal_id = $2`)}
    ${openItems(ABOUT_PROPOSAL, 'coalesce(i.subject = dispute.subject, false)')}
   where l.org_id = $1 and l.id = $2`;
