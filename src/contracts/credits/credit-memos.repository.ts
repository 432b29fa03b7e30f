import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { findByKey } from '../../platform/database/statements/find-by-key.js';
import { insertRow } from '../../platform/database/statements/written-rows.js';
import { after, DAY_MS } from '../../platform/time/after.js';
import { Clock } from '../../platform/time/clock.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import {
  IS_ASKED_ABOUT,
  IS_GIVEN_BACK,
  IS_GONE_MEMO,
  IS_REFUSED_MEMO,
  IS_WAITING_MEMO,
  REFUND_PAYOUTS,
} from './credit-payouts-sql.js';
import { REFUNDS_LEFT_OUT } from '../settlement/refund-receipts-sql.js';
import type { CreditPayouts, CreditsElsewhere, WaitingCredits } from './credit-shares.js';
import { CreditMemo } from './credit-memo.entity.js';
import { CreditMemoLine } from './credit-memo-line.entity.js';
import { liveInvoiceSql } from '../../invoices/invoice-state.js';

export type NewCreditMemo = Pick<
  CreditMemo,
  'orgId' | 'proposalId' | 'changeOrderId' | 'generation' | 'currency' | 'amountCents'
>;

export type NewCreditMemoLine = Pick<CreditMemoLine, 'contractLineId' | 'description' | 'amountCents'>;

/** Which credit memo of which organisation. */
export interface CreditMemoKey {
  orgId: number;
  creditMemoId: number;
}

/** The credit memos of change orders: what is wanted, and what QuickBooks has. */
@Injectable()
export class CreditMemosRepository {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Writes down a credit memo with its lines; those that come to nothing are left out. */
  async insert(
    tx: EntityManager,
    memo: NewCreditMemo,
    lines: readonly NewCreditMemoLine[],
    at: Date,
  ): Promise<CreditMemo> {
    const { orgId } = memo;
    const stored = await insertRow(tx, CreditMemo, { ...memo, orgId, createdAt: at, updatedAt: at });
    await tx.insert(
      CreditMemoLine,
      lines
        .filter(({ amountCents }) => amountCents !== 0)
        .map((line, index) => ({ ...line, orgId, creditMemoId: stored.id, position: index + 1 })),
    );
    return stored;
  }

  async find(tx: EntityManager, orgId: number, id: number): Promise<CreditMemo | null> {
    return findByKey(tx, CreditMemo, { orgId, id });
  }

  /** Of the change order that the credit memo is of, among those of its proposal. */
  async changeOrderNumber(tx: EntityManager, { orgId, changeOrderId }: CreditMemo): Promise<number> {
    const [row] = await tx.query<[{ number: number }]>(
      'select number from change_orders where org_id = $1 and id = $2',
      [orgId, changeOrderId],
    );
    return row.number;
  }

  /** True where it credits nothing: it is gone from QuickBooks, or was refused and nobody is asked about it now. */
  async isGone(tx: EntityManager, { orgId, id }: Pick<CreditMemo, 'orgId' | 'id'>): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from credit_memos m where m.org_id = $1 and m.id = $2 and ${IS_GONE_MEMO}`,
      [orgId, id],
    );
    return rows.length > 0;
  }

  /** True of one whose contract was cancelled. */
  async isOfCancelled(
    tx: EntityManager,
    { orgId, proposalId }: Pick<CreditMemo, 'orgId' | 'proposalId'>,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from contracts where org_id = $1 and proposal_id = $2 and cancelled_at is not null',
      [orgId, proposalId],
    );
    return rows.length > 0;
  }

  /** True where another one of its change order credits, or is to, or a refund does in place of it. */
  async hasOther(
    tx: EntityManager,
    { orgId, changeOrderId, id }: Pick<CreditMemo, 'orgId' | 'changeOrderId' | 'id'>,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from credit_memos m
        where m.org_id = $1 and m.change_order_id = $2 and m.id <> $3 and not ${IS_GONE_MEMO}`,
      [orgId, changeOrderId, id],
    );
    return rows.length > 0;
  }

  /** Another one of its change order that QuickBooks has or gets; null where there is none, or it was refused. */
  async findBeside(
    tx: EntityManager,
    { orgId, changeOrderId, id }: Pick<CreditMemo, 'orgId' | 'changeOrderId' | 'id'>,
  ): Promise<CreditMemo | null> {
    const [row] = await tx.query<{ id: number }[]>(
      `select m.id from credit_memos m
        where m.org_id = $1 and m.change_order_id = $2 and m.id <> $3
          and (m.state in ('open', 'used') or m.state is null and not ${IS_REFUSED_MEMO})
        order by m.state is null, m.generation desc limit 1`,
      [orgId, changeOrderId, id],
    );
    return row ? this.find(tx, orgId, row.id) : null;
  }

  async linesOf(tx: EntityManager, { orgId, id: creditMemoId }: CreditMemo): Promise<CreditMemoLine[]> {
    return tx.find(CreditMemoLine, { where: { orgId, creditMemoId }, order: { position: 'ASC' } });
  }

  /** Those of a proposal of which something is on no invoice. */
  async listOpen(tx: EntityManager, orgId: number, proposalId: number): Promise<CreditMemo[]> {
    return tx.find(CreditMemo, { where: { orgId, proposalId, state: 'open' }, order: { id: 'ASC' } });
  }

  /**
   * What of a proposal's credits is on no invoice, in QuickBooks yet or not, but for what a refund gave back and what
   * does not come any more. In cents of the contract's currency.
   */
  async waiting(tx: EntityManager, orgId: number, proposalId: number): Promise<WaitingCredits> {
    const [row] = await tx.query<[{ cents: string; elsewhere: CreditsElsewhere[]; realmId: string | null }]>(
      `with company as (
         select t.realm_id from qbo_tokens t where t.org_id = $1),
       waiting as (
         select case when m.state is null then m.amount_cents else m.balance_cents end as cents,
                nullif(coalesce(m.qbo_realm_id, o.realm_id), (select realm_id from company)) as realm_id,
                coalesce(coalesce(m.qbo_realm_id, o.realm_id) <> (select realm_id from company),
                         o.state = 'waiting' and o.error_kind = 'credit_elsewhere', false) as elsewhere
           from credit_memos m
           left join lateral (
             select c.realm_id, c.state, c.error_kind from sync_operations c
              where c.org_id = m.org_id and c.kind = 'credit.create' and c.entity_id = m.id
              order by c.generation desc limit 1) o on true
          where m.org_id = $1 and m.proposal_id = $2 and ${IS_WAITING_MEMO})
       select coalesce(sum(w.cents) filter (where not w.elsewhere), 0) as cents,
              (select coalesce(json_agg(json_build_object('realmId', e.realm_id, 'cents', e.cents)), '[]')
                 from (select x.realm_id, sum(x.cents)::float8 as cents from waiting x
                        where x.elsewhere and x.cents > 0 group by x.realm_id order by x.realm_id) e) as elsewhere,
              (select realm_id from company) as "realmId"
         from waiting w`,
      [orgId, proposalId],
    );
    return { ...row, cents: Number(row.cents) };
  }

  /**
   * What was refunded of a proposal's payments, is not left out of the books and stands for no credit. In cents of the
   * contract's currency.
   */
  async refundedCents(tx: EntityManager, orgId: number, proposalId: number): Promise<number> {
    const { refundsCents } = await this.payoutsOf(tx, orgId, proposalId);
    return Math.max(0, (await this.allRefundedCents(tx, orgId, proposalId)) - refundsCents);
  }

  /** The same, whatever it stands for. */
  private async allRefundedCents(tx: EntityManager, orgId: number, proposalId: number): Promise<number> {
    const [row] = await tx.query<{ cents: string }[]>(
      `select coalesce(sum(b.refunded_cents - coalesce(l.cents, 0)), 0) as cents
         from payment_balances b
         join contracts k on k.org_id = b.org_id and k.proposal_id = b.proposal_id and k.currency = b.currency
         left join (${REFUNDS_LEFT_OUT}) l on l.proposal_id = b.proposal_id and l.payment_id = b.payment_id
        where b.org_id = $1 and b.proposal_id = $2`,
      [orgId, proposalId],
    );
    return Number(row!.cents);
  }

  /** What of a proposal's refunds pays credits out, as far as is known. In cents of the contract's currency. */
  async payoutsOf(tx: EntityManager, orgId: number, proposalId: number): Promise<CreditPayouts> {
    const [row] = await tx.query<{ refunds: string; undecided: string; givenBack: string; asked: string }[]>(
      `select coalesce(sum(o.cents), 0) as refunds, coalesce(sum(o.undecided_cents), 0) as undecided,
              max(m.cents) as "givenBack", max(m.asked_cents) as asked
         from (select coalesce(sum(m.amount_cents), 0) as cents,
                      coalesce(sum(m.amount_cents) filter (where ${IS_ASKED_ABOUT}), 0) as asked_cents
                 from credit_memos m
                where m.org_id = $1 and m.proposal_id = $2 and ${IS_GIVEN_BACK}) m
         left join (${REFUND_PAYOUTS}) o on o.proposal_id = $2`,
      [orgId, proposalId],
    );
    const refundsCents = Number(row!.refunds) + Number(row!.givenBack);
    const aboveCents = refundsCents - (await this.allRefundedCents(tx, orgId, proposalId));
    return {
      refundsCents,
      creditsCents: Number(row!.undecided),
      notGivenBackCents: Math.max(0, Math.min(Number(row!.asked), aboveCents)),
    };
  }

  /** Those of a proposal that are not made, since a refund gave back or may have given back what they credit. */
  async listGivenBack(tx: EntityManager, orgId: number, proposalId: number): Promise<CreditMemoKey[]> {
    return tx.query(
      `select m.org_id as "orgId", m.id as "creditMemoId" from credit_memos m
        where m.org_id = $1 and m.proposal_id = $2 and m.state is null and ${IS_GIVEN_BACK} order by m.id`,
      [orgId, proposalId],
    );
  }

  /** What more of a proposal's credits is given back by refunds, as far as is known, than was refunded at all. */
  async notRefundedCents(tx: EntityManager, orgId: number, proposalId: number): Promise<number> {
    const { refundsCents } = await this.payoutsOf(tx, orgId, proposalId);
    return Math.max(0, refundsCents - (await this.allRefundedCents(tx, orgId, proposalId)));
  }

  /** Those of a company with these ids in QuickBooks, locked until the transaction ends. */
  async lockByQboIds(
    tx: EntityManager,
    { orgId, realmId }: { orgId: number; realmId: string },
    qboIds: readonly string[],
  ): Promise<CreditMemo[]> {
    if (qboIds.length === 0) return [];
    return tx.find(CreditMemo, {
      where: { orgId, qboRealmId: realmId, qboCreditMemoId: In([...qboIds]) },
      order: { id: 'ASC' },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** QuickBooks' ids of those of a company that are, or were, used on an invoice of ours. */
  async listUsedOn(
    tx: EntityManager,
    { orgId, realmId }: { orgId: number; realmId: string },
    invoiceId: number,
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select distinct m.qbo_credit_memo_id as id
         from invoices i
         join invoice_payments p on p.org_id = i.org_id and p.realm_id = i.qbo_realm_id
                                and p.qbo_invoice_id = i.qbo_invoice_id and p.kind = 'credit'
         join credit_memos m on m.org_id = p.org_id and m.qbo_realm_id = p.realm_id
                            and m.qbo_credit_memo_id = p.credit_memo_id
        where i.org_id = $1 and i.qbo_realm_id = $2 and i.id = $3`,
      [orgId, realmId, invoiceId],
    );
    return rows.map(({ id }) => id);
  }

  async update(
    tx: EntityManager,
    { orgId, id }: CreditMemo,
    facts: Partial<Omit<CreditMemo, 'orgId' | 'id'>>,
  ): Promise<void> {
    await tx.update(CreditMemo, { orgId, id }, facts);
  }

  /**
   * Where a step is not begun because its job was lost, of connected companies: what is wanted and not asked for, and
   * what is left of one while an invoice of its contract is open, unless a person has to look at it, or has within the
   * last day. The oldest first.
   */
  async listDue(tx: EntityManager, limit: number): Promise<CreditMemoKey[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select m.org_id as "orgId", m.id as "creditMemoId" from credit_memos m
          join qbo_tokens t on t.org_id = m.org_id and t.state = 'connected' and t.env = $3
           and t.realm_id = coalesce(m.qbo_realm_id, t.realm_id)
          where m.state is null and not exists (
                  select from sync_operations o
                   where o.org_id = m.org_id and o.kind = 'credit.create' and o.entity_id = m.id)
             or m.state = 'open' and exists (
                  select from invoices i
                   where i.org_id = m.org_id and i.proposal_id = m.proposal_id and i.balance_cents > 0
                     and i.qbo_realm_id = m.qbo_realm_id and ${liveInvoiceSql('i')})
                and not exists (
                  select from sync_operations o
                   where o.org_id = m.org_id and o.kind = 'credit.apply' and o.entity_id = m.id and o.state <> 'done')
                and not exists (
                  select from inbox_items x
                   where x.org_id = m.org_id and x.subject = 'credit.apply:' || m.id
                     and (x.state = 'open' or x.closed_by is not null and x.closed_at > $2))
          order by m.org_id, m.id limit $1`,
        [limit, after(this.clock.now(), -DAY_MS), this.config.qbo.env],
      ),
    );
  }
}
