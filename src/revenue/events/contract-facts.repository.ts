import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  bookedOrderSql,
  CREDIT_DOCUMENTS,
  CREDIT_FACTS,
  GIVES_UP,
  IS_OWN_MEMO,
  IS_WRITE_OFF,
  MEMO_DEPOSIT_CENTS,
  USED_MEMO,
} from '../../contracts/credits/applied-credits-sql.js';
import { IS_GIVEN_BACK, REFUND_PAYOUTS } from '../../contracts/credits/credit-payouts-sql.js';
import { LOSSES_NOT_OWED, REFUND_RECEIPTS, REFUNDS_LEFT_OUT } from '../../contracts/settlement/refund-receipts-sql.js';
import { dayOfOrgSql } from '../../orgs/day-of-org-sql.js';
import { percentIn } from '../../platform/money/charge-amount.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { ContractFacts } from './contract-facts.js';
import { goneRefundSql } from '../../payments/ledger/refund-state.js';
import { ALL_COUNTED_ELSEWHERE, STANDING_INVOICE, THEIRS_COUNTED_ELSEWHERE } from './stripe-payments-sql.js';

/** As the statement answers them: a milestone has the share or the amount of its entry. */
type StoredFacts = Omit<ContractFacts, 'milestones'> & {
  milestones: { sequence: number; on: CalendarDay; percent: number | null; cents: number | null }[];
};

/** By which rules events are derived. A new number has the next report or night derive every contract again. */
const RULES = 13;

/** Credit memos of change orders that QuickBooks has. */
const MEMO_STANDING = `m.total_cents is not null and m.txn_date is not null and m.state in ('open', 'used')`;

/** What of a change order is credited by no credit memo, since a refund gave it back. */
const GIVEN_BACK = `
  select m.org_id, m.change_order_id, sum(m.amount_cents) as cents
    from credit_memos m where m.org_id = $1 and ${IS_GIVEN_BACK} group by m.org_id, m.change_order_id`;

/**
 * What the accounting of contracts follows from, out of the tables of the features. A credit has the day of its credit
 * memo where the mirror of the books knows it, else that of its use, from which it settles its invoice; one that a
 * journal entry on an expense account makes is a write-off. Reads only.
 */
@Injectable()
export class ContractFactsRepository {
  /**
   * The contracts whose facts are not those that their events were derived from, in order of id. A fingerprint sums
   * hashes of every fact, so that it is found however a fact came about.
   */
  async listStale(
    tx: EntityManager,
    orgId: number,
    timeZone: string,
  ): Promise<{ contractId: number; fingerprint: string }[]> {
    return tx.query(
      `with ${ALL_COUNTED_ELSEWHERE},
       invoice_sums as (
         select i.proposal_id, sum(hash_record_extended(row(i.id, i.kind, i.sequence, i.generation, i.txn_date,
                  i.total_cents, i.tax_cents, i.retained_cents, i.released_cents, i.amount_cents, i.qbo_realm_id),
                  0)) as hash
           from invoices i where i.org_id = $1 and ${STANDING_INVOICE} group by i.proposal_id),
       application_sums as (
         select p.proposal_id, sum(hash_record_extended(row(p.id, p.qbo_invoice_id, p.kind, p.paid_on,
                  p.amount_cents, p.credit_memo_id, p.is_write_off, p.realm_id, p.qbo_payment_id), 0)) as hash
           from invoice_payments p where p.org_id = $1 and p.removed_at is null group by p.proposal_id),
       credit_sums as (
         select p.proposal_id, sum(hash_record_extended(row(p.id, d.type, d.qbo_id, d.txn_on, d.sync_token,
                  d.state, ${GIVES_UP}, ${MEMO_DEPOSIT_CENTS}), 0)) as hash
           from invoice_payments p ${CREDIT_DOCUMENTS}
          where p.org_id = $1 and p.removed_at is null and p.kind = 'credit'
          group by p.proposal_id),
       memo_sums as (
         select m.proposal_id, sum(hash_record_extended(row(m.id, m.txn_date, m.total_cents, m.tax_cents,
                  m.amount_cents, m.qbo_realm_id, m.qbo_credit_memo_id), 0)) as hash
           from credit_memos m where m.org_id = $1 and ${MEMO_STANDING} group by m.proposal_id),
       change_sums as (
         select h.contract_id, sum(hash_record_extended(row(h.number, h.approved_at, h.delta_cents), 0)
                  + case when g.cents > 0 then hash_record_extended(row(h.number, g.cents), 0)::numeric else 0 end)
                  as hash
           from change_orders h
           left join (${GIVEN_BACK}) g on g.org_id = h.org_id and g.change_order_id = h.id
          where h.org_id = $1 and h.state = 'approved' group by h.contract_id),
       payment_sums as (
         select p.proposal_id, sum(hash_record_extended(row(p.id, p.paid_at, p.amount_cents, p.currency,
                  p.recorded_here, p.invoice_kind, p.invoice_sequence, o.qbo_id), 0)
                  + case when e.cents > 0 then hash_record_extended(row(p.id, e.cents), 0)::numeric else 0 end) as hash
           from payments p
           left join elsewhere e on e.payment_id = p.id
           left join stripe o on o.org_id = p.org_id and o.entity_id = p.id
          where p.org_id = $1 group by p.proposal_id),
       return_sums as (
         select proposal_id, sum(hash) as hash from (
           select r.proposal_id, hash_record_extended(row('refund'::text, r.id, r.payment_id, r.amount_cents,
                    r.made_at), 0) as hash
             from refunds r where r.org_id = $1 and ${goneRefundSql('r')}
            union all
           select d.proposal_id, hash_record_extended(row('dispute'::text, d.id, d.payment_id, d.amount_cents,
                    d.status_at), 0)
             from disputes d where d.org_id = $1 and d.state = 'lost'
            union all
           select o.proposal_id, hash_record_extended(row('payout'::text, o.payment_id, o.cents), 0)
             from (${REFUND_PAYOUTS}) o
            union all
           select o.proposal_id, hash_record_extended(row('left_out'::text, o.payment_id, o.cents), 0)
             from (${REFUNDS_LEFT_OUT}) o
            union all
           select o.proposal_id, hash_record_extended(row('loss_not_owed'::text, o.payment_id, o.cents), 0)
             from (${LOSSES_NOT_OWED}) o
            union all
           select r.proposal_id, hash_record_extended(row('failed'::text, r.id, r.payment_id, r.amount_cents), 0)
             from refunds r where r.org_id = $1 and r.state in ('failed', 'cancelled')
            union all
           select o.proposal_id, hash_record_extended(row('receipt'::text, o.id, o.cents, o.tax_cents,
                    o.of_released), 0)
             from (${REFUND_RECEIPTS}) o) as back
          group by proposal_id),
       entry_sums as (
         select e.contract_id, sum(hash_record_extended(row(e.sequence, e.percent, e.amount_cents,
                  m.reached_on), 0)) as hash
           from contract_entries e
           join contract_milestones m on m.org_id = e.org_id and m.contract_id = e.contract_id
                                     and m.sequence = e.sequence
          where e.org_id = $1 and e.kind = 'progress' group by e.contract_id),
       progress_sums as (
         select g.contract_id, sum(hash_record_extended(row(g.month, g.percent), 0)) as hash
           from contract_progress g where g.org_id = $1 group by g.contract_id),
       now_is as (
         select k.id as "contractId",
                hash_record_extended(row(${RULES}, $2::text, k.revenue_policy, k.deposit_mode, k.tax_mode,
                  k.tax_code, k.exempt_tax_code, k.value_cents, k.completed_on, k.cancelled_at, i.hash, a.hash,
                  c.hash, m.hash, h.hash, p.hash, r.hash, e.hash, g.hash), 0)::text as fingerprint
           from contracts k
           left join invoice_sums i on i.proposal_id = k.proposal_id
           left join application_sums a on a.proposal_id = k.proposal_id
           left join credit_sums c on c.proposal_id = k.proposal_id
           left join memo_sums m on m.proposal_id = k.proposal_id
           left join change_sums h on h.contract_id = k.id
           left join payment_sums p on p.proposal_id = k.proposal_id
           left join return_sums r on r.proposal_id = k.proposal_id
           left join entry_sums e on e.contract_id = k.id
           left join progress_sums g on g.contract_id = k.id
          where k.org_id = $1)
       select n."contractId", n.fingerprint from now_is n
         left join revenue_positions s on s.org_id = $1 and s.contract_id = n."contractId"
        where s.fingerprint is distinct from n.fingerprint
        order by n."contractId"`,
      [orgId, timeZone],
    );
  }

  /** The facts of these contracts. Instants become days of the organisation, in the time zone that it had then. */
  async list(
    tx: EntityManager,
    orgId: number,
    contractIds: readonly number[],
    timeZone: string,
  ): Promise<ContractFacts[]> {
    const rows = await tx.query<{ facts: StoredFacts }[]>(
      `with wanted as (
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
          order by o.realm_id, o.qbo_id, o.id),
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
          group by h.contract_id),
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
                  'taxCents', o.tax_cents, 'ofReleased', o.of_released) order by o.id) as facts
           from (${REFUND_RECEIPTS}) o join wanted k on k.proposal_id = o.proposal_id
          group by o.proposal_id),
       failed_facts as (
         select r.proposal_id, json_agg(json_build_object('id', r.id, 'paymentId', r.payment_id,
                  'cents', r.amount_cents) order by r.id) as facts
           from refunds r join wanted k on k.proposal_id = r.proposal_id and k.currency = r.currency
          where r.org_id = $1 and r.state in ('failed', 'cancelled')
          group by r.proposal_id),
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
           from contract_progress g where g.org_id = $1 and g.contract_id = any($2) group by g.contract_id)
       select json_build_object(
                'contractId', k.id, 'proposalId', k.proposal_id, 'currency', k.currency, 'policy', k.revenue_policy,
                'depositMode', k.deposit_mode, 'isTaxCountedThere',
                k.tax_mode <> 'ours' and coalesce(k.tax_code, k.exempt_tax_code) is null,
                'valueCents', k.value_cents - coalesce(h.cents, 0),
                'completedOn', k.completed_on,
                'cancelledOn', ${dayOfOrgSql('k.cancelled_at', '$3')}, 'changes', coalesce(h.facts, '[]'),
                'memos', coalesce(o.facts, '[]'),
                'invoices', coalesce(i.facts, '[]'), 'applications', coalesce(a.facts, '[]'),
                'payments', coalesce(p.facts, '[]'), 'returns', coalesce(r.facts, '[]'),
                'payouts', coalesce(y.facts, '[]'), 'leftOut', coalesce(l.facts, '[]'),
                'lossesNotOwed', coalesce(u.facts, '[]'),
                'receipts', coalesce(t.facts, '[]'), 'failedRefunds', coalesce(f.facts, '[]'),
                'milestones', coalesce(m.facts, '[]'), 'progress', coalesce(g.facts, '[]')) as facts
         from wanted k
         left join invoice_facts i on i.proposal_id = k.proposal_id
         left join application_facts a on a.proposal_id = k.proposal_id
         left join memo_facts o on o.proposal_id = k.proposal_id
         left join change_facts h on h.contract_id = k.id
         left join payment_facts p on p.proposal_id = k.proposal_id
         left join return_facts r on r.proposal_id = k.proposal_id
         left join payout_facts y on y.proposal_id = k.proposal_id
         left join left_out_facts l on l.proposal_id = k.proposal_id
         left join loss_facts u on u.proposal_id = k.proposal_id
         left join receipt_facts t on t.proposal_id = k.proposal_id
         left join failed_facts f on f.proposal_id = k.proposal_id
         left join milestone_facts m on m.contract_id = k.id
         left join progress_facts g on g.contract_id = k.id
        order by k.id`,
      [orgId, contractIds, timeZone],
    );
    return rows.map(({ facts }) => ({
      ...facts,
      milestones: facts.milestones.map(({ sequence, on, percent, cents }) => ({
        sequence,
        on,
        cents: cents ?? percentIn(facts.currency, facts.valueCents, percent ?? 0),
      })),
    }));
  }
}
