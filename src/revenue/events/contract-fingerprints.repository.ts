import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  CREDIT_DOCUMENTS,
  GIVES_UP,
  MEMO_DEPOSIT_CENTS,
} from '../../contracts/credits/applied-credits-sql.js';
import { REFUND_PAYOUTS } from '../../contracts/credits/credit-payouts-sql.js';
import {
  LOSSES_NOT_OWED,
  REFUND_RECEIPTS,
  REFUNDS_LEFT_OUT,
} from '../../contracts/settlement/refund-receipts-sql.js';
import { goneRefundSql } from '../../payments/ledger/refunds/refund-state.js';
import { GIVEN_BACK, MEMO_STANDING } from './contract-facts-sql.js';
import { ALL_COUNTED_ELSEWHERE, STANDING_INVOICE } from './stripe-payments-sql.js';

/** By which rules events are derived. A new number has the next report or night derive every contract again. */
const RULES = 14;

/**
 * So long it may take to hash every fact of an organisation. It is five seconds of a processor at 300,000 invoices, and
 * where others want the processor, too, longer than a statement may take: nothing would be posted, reported or closed.
 */
const ALL_FACTS_MS = 120_000;

/**
 * Finds the contracts whose events have to be derived anew. Whatever `contract-facts-sql.ts` reads has to be in a
 * fingerprint, too. Reads only.
 */
@Injectable()
export class ContractFingerprintsRepository {
  /**
   * The contracts whose facts are not those that their events were derived from, in order of id. A fingerprint sums
   * hashes of every fact, so that it is found however a fact came about. Within a transaction: it has a time of its own
   * there, and what comes after it the one of before.
   */
  async listStale(
    tx: EntityManager,
    orgId: number,
    timeZone: string,
  ): Promise<{ contractId: number; fingerprint: string }[]> {
    const [{ before }] = await tx.query<[{ before: string }]>(
      `select current_setting('statement_timeout') as before, set_config('statement_timeout', $1, true)`,
      [String(ALL_FACTS_MS)],
    );
    const stale = await this.listStaleNow(tx, orgId, timeZone);
    await tx.query(`select set_config('statement_timeout', $1, true)`, [before]);
    return stale;
  }

  private async listStaleNow(
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
                    o.of_released, o.released_cents), 0)
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
}
