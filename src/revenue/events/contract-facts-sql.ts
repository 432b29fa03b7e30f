import {
  bookedOrderSql,
  CREDIT_DOCUMENTS,
  CREDIT_FACTS,
  IS_OWN_MEMO,
  IS_WRITE_OFF,
  USED_MEMO,
} from '../../contracts/credits/applied-credits-sql.js';
import { IS_GIVEN_BACK, REFUND_PAYOUTS } from '../../contracts/credits/credit-payouts-sql.js';
import {
  LOSSES_NOT_OWED,
  REFUND_RECEIPTS,
  REFUNDS_LEFT_OUT,
} from '../../contracts/settlement/refund-receipts-sql.js';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { goneRefundSql } from '../../payments/ledger/refunds/refund-state.js';
import { STANDING_INVOICE, THEIRS_COUNTED_ELSEWHERE } from './stripe-payments-sql.js';

/** Credit memos of change orders that QuickBooks has. */
export const MEMO_STANDING = `m.total_cents is not null and m.txn_date is not null and m.state in ('open', 'used')`;

/** What of a change order is credited by no credit memo, since a refund gave it back. */
export const GIVEN_BACK = `
  select m.org_id, m.change_order_id, sum(m.amount_cents) as cents
    from credit_memos m where m.org_id = $1 and ${IS_GIVEN_BACK} group by m.org_id, m.change_order_id`;

/** The contracts that are asked for, and the records of them that several facts are about. */
export const WANTED_CONTRACTS = `
  wanted as (
    select k.* from contracts k where k.org_id = $1 and k.id = any($2)),
  standing as materialized (
    select i.* from invoices i join wanted k on k.proposal_id = i.proposal_id
     where i.org_id = $1 and ${STANDING_INVOICE}),
  credits as materialized (
    select p.id, ${CREDIT_FACTS}
      from wanted k
      join invoice_payments p on p.org_id = $1 and p.proposal_id = k.proposal_id and p.removed_at is null
                             and p.kind = 'credit'
      ${CREDIT_DOCUMENTS} and d.state = 'live'
     group by p.id),
  own_memos as materialized (
    select m.* from credit_memos m join wanted k on k.proposal_id = m.proposal_id
     where m.org_id = $1 and ${MEMO_STANDING}),
  stripe as materialized (
    select distinct on (o.realm_id, o.qbo_id) o.realm_id, o.qbo_id, o.entity_id
      from standing i
      join invoice_payments p on p.org_id = $1 and p.realm_id = i.qbo_realm_id
                             and p.qbo_invoice_id = i.qbo_invoice_id and p.removed_at is null
      join sync_operations o on o.org_id = $1 and o.realm_id = p.realm_id and o.qbo_id = p.qbo_payment_id
                            and o.kind = 'payment.create'
     order by o.realm_id, o.qbo_id, o.id)`;

/** What was billed, what settled it, and what change orders made of the value: a row a proposal, or a contract. */
export const DOCUMENT_FACTS = `
  invoice_facts as (
    select i.proposal_id, json_agg(json_build_object(
             'id', i.id, 'kind', i.kind, 'currency', i.currency, 'txnOn', i.txn_date,
             'totalCents', i.total_cents,
             'taxCents', coalesce(i.tax_cents, 0), 'retainedCents', i.retained_cents,
             'releasedCents', i.released_cents, 'lines', coalesce(n.lines, '[]')) order by i.id) as facts
      from standing i
      left join (
        select n.invoice_id, json_agg(json_build_object('kind', n.kind, 'cents', n.amount_cents)
                 order by n.position) as lines
          from invoice_lines n join standing i on i.id = n.invoice_id
         where n.org_id = $1 group by n.invoice_id) n on n.invoice_id = i.id
     group by i.proposal_id),
  application_facts as (
    select p.proposal_id, json_agg(json_build_object(
             'id', p.id, 'invoiceId', i.id, 'kind', p.kind, 'on', coalesce(c.memo_on, p.paid_on),
             'usedOn', case when p.kind = 'credit' then p.paid_on end,
             'cents', p.amount_cents, 'paymentId', o.entity_id,
             'isOwnMemo', ${IS_OWN_MEMO}, 'isWriteOff', ${IS_WRITE_OFF},
             'memo', ${USED_MEMO})
             order by ${bookedOrderSql('p')}) as facts
      from standing i
      join invoice_payments p on p.org_id = $1 and p.realm_id = i.qbo_realm_id
                             and p.qbo_invoice_id = i.qbo_invoice_id and p.removed_at is null
      left join credits c on c.id = p.id
      left join stripe o on o.realm_id = p.realm_id and o.qbo_id = p.qbo_payment_id and p.kind <> 'credit'
     group by p.proposal_id),
  memo_facts as (
    select m.proposal_id, json_agg(json_build_object(
             'id', m.id, 'on', m.txn_date, 'totalCents', m.total_cents, 'taxCents', coalesce(m.tax_cents, 0),
             'askedCents', m.amount_cents) order by m.id) as facts
      from own_memos m group by m.proposal_id),
  change_facts as (
    select h.contract_id, json_agg(json_build_object(
             'number', h.number, 'on', ${dayOfOrgSql('h.approved_at', '$3')}, 'cents', h.delta_cents,
             'givenBackCents', coalesce(g.cents, 0))
             order by h.number) as facts, sum(h.delta_cents) as cents
      from change_orders h
      left join (${GIVEN_BACK}) g on g.org_id = h.org_id and g.change_order_id = h.id
     where h.org_id = $1 and h.contract_id = any($2) and h.state = 'approved'
     group by h.contract_id)`;

/** What was paid by card, and what became of it. */
export const PAYMENT_FACTS = `
  payment_facts as (
    select p.proposal_id, json_agg(json_build_object(
             'id', p.id, 'on', ${dayOfOrgSql('p.paid_at', '$3')}, 'cents', p.amount_cents,
             'elsewhereCents', coalesce(e.cents, 0), 'enteredAgainCents', coalesce(e.again_cents, 0))
             order by p.id) as facts
      from payments p join wanted k on k.proposal_id = p.proposal_id and k.currency = p.currency
      left join (${THEIRS_COUNTED_ELSEWHERE}) e on e.payment_id = p.id
     where p.org_id = $1 and p.recorded_here is distinct from false
     group by p.proposal_id),
  returned as (
    select r.proposal_id, 'refund' as kind, r.id, r.payment_id, r.made_at as at, r.amount_cents
      from refunds r join wanted k on k.proposal_id = r.proposal_id and k.currency = r.currency
     where r.org_id = $1 and ${goneRefundSql('r')}
     union all
    select d.proposal_id, 'dispute', d.id, d.payment_id, d.status_at, d.amount_cents
      from disputes d join wanted k on k.proposal_id = d.proposal_id and k.currency = d.currency
     where d.org_id = $1 and d.state = 'lost'),
  return_facts as (
    select r.proposal_id, json_agg(json_build_object(
             'id', r.id, 'kind', r.kind, 'paymentId', r.payment_id, 'invoiceKind', b.invoice_kind,
             'invoiceId', b.invoice_id, 'on', ${dayOfOrgSql('r.at', '$3')}, 'cents', r.amount_cents)
             order by r.kind, r.id) as facts
      from returned r join payment_balances b on b.org_id = $1 and b.payment_id = r.payment_id
     group by r.proposal_id),
  payout_facts as (
    select o.proposal_id, json_agg(json_build_object('paymentId', o.payment_id, 'cents', o.cents)
             order by o.payment_id) as facts
      from (${REFUND_PAYOUTS}) o join wanted k on k.proposal_id = o.proposal_id
     group by o.proposal_id),
  left_out_facts as (
    select o.proposal_id, json_agg(json_build_object('paymentId', o.payment_id, 'cents', o.cents)
             order by o.payment_id) as facts
      from (${REFUNDS_LEFT_OUT}) o join wanted k on k.proposal_id = o.proposal_id
     group by o.proposal_id),
  loss_facts as (
    select o.proposal_id, json_agg(json_build_object('paymentId', o.payment_id, 'cents', o.cents)
             order by o.payment_id) as facts
      from (${LOSSES_NOT_OWED}) o join wanted k on k.proposal_id = o.proposal_id
     group by o.proposal_id),
  receipt_facts as (
    select o.proposal_id, json_agg(json_build_object('paymentId', o.payment_id, 'cents', o.cents,
             'taxCents', o.tax_cents, 'ofReleased', o.of_released,
             'releasedCents', o.released_cents) order by o.id) as facts
      from (${REFUND_RECEIPTS}) o join wanted k on k.proposal_id = o.proposal_id
     group by o.proposal_id),
  failed_facts as (
    select r.proposal_id, json_agg(json_build_object('id', r.id, 'paymentId', r.payment_id,
             'cents', r.amount_cents) order by r.id) as facts
      from refunds r join wanted k on k.proposal_id = r.proposal_id and k.currency = r.currency
     where r.org_id = $1 and r.state in ('failed', 'cancelled')
     group by r.proposal_id)`;

/** What was done of the work. */
export const WORK_FACTS = `
  milestone_facts as (
    select e.contract_id, json_agg(json_build_object(
             'sequence', e.sequence, 'on', m.reached_on, 'percent', e.percent, 'cents', e.amount_cents)
             order by e.sequence) as facts
      from contract_entries e
      join contract_milestones m on m.org_id = e.org_id and m.contract_id = e.contract_id
                                and m.sequence = e.sequence
     where e.org_id = $1 and e.contract_id = any($2) and e.kind = 'progress'
     group by e.contract_id),
  progress_facts as (
    select g.contract_id, json_agg(json_build_object('month', g.month, 'percent', g.percent) order by g.month)
             as facts
      from contract_progress g where g.org_id = $1 and g.contract_id = any($2) group by g.contract_id)`;
