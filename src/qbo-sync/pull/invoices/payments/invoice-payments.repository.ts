import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../../platform/database/statements/prepared.js';
import { byCurrency, sumIn } from '../../../../platform/money/money.js';
import type { CalendarDay } from '../../../../platform/time/calendar-day.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { InvoicePayment, PaymentKind } from './invoice-payment.js';

/** A payment of a proposal's invoice, as it is shown. */
export interface ListedPayment {
  id: number;
  paymentId: string;
  amountCents: number;
  paidOn: CalendarDay | null;
  kind: PaymentKind;
}

/** Money that was not counted before, in cents of its currency. */
export interface ArrivedMoney {
  currency: string;
  cents: number;
}

/** An invoice, by its id in QuickBooks, and the proposal that it is linked to. */
export interface LinkedInvoice {
  proposalId: number;
  qboInvoiceId: string;
}

/** What is now known of the payments of one invoice. */
export interface PaymentsOfInvoice {
  proposalId: number;
  invoiceId: string;
  payments: readonly InvoicePayment[];
  /** Some that were applied to it are not any more. */
  hasGone: boolean;
}

/**
 * The payments applied to our invoices. Written by the projector alone, under the lock of the invoice; nothing is
 * deleted.
 */
@Injectable()
export class InvoicePaymentsRepository {
  /** The payments that are applied to these invoices, by invoice. */
  async listByInvoice(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoiceIds: readonly string[],
  ): Promise<Map<string, InvoicePayment[]>> {
    const byInvoice = new Map<string, InvoicePayment[]>(invoiceIds.map((id) => [id, []]));
    if (invoiceIds.length === 0) return byInvoice;
    const rows = await tx.query<(InvoicePayment & { amountCents: string; syncToken: string })[]>(
      prepared(`select qbo_payment_id as "paymentId", qbo_invoice_id as "invoiceId", kind,
              credit_memo_id as "creditMemoId", is_write_off as "isWriteOff", amount_cents as "amountCents",
              paid_on::text as "paidOn", sync_token as "syncToken"
         from invoice_payments
        where org_id = $1 and realm_id = $2 and qbo_invoice_id = any($3) and removed_at is null
        order by id`),
      [orgId, realmId, invoiceIds],
    );
    for (const row of rows) {
      const payment = { ...row, amountCents: Number(row.amountCents), syncToken: Number(row.syncToken) };
      byInvoice.get(row.invoiceId)!.push(payment);
    }
    return byInvoice;
  }

  /** Ids of the invoices that these payments are applied to, as far as we know. */
  async listInvoiceIdsOf(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    paymentIds: readonly string[],
  ): Promise<string[]> {
    if (paymentIds.length === 0) return [];
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select distinct qbo_invoice_id as id from invoice_payments
        where org_id = $1 and realm_id = $2 and qbo_payment_id = any($3) and removed_at is null`),
      [orgId, realmId, paymentIds],
    );
    return rows.map((row) => row.id);
  }

  /** Those of these credit memos that no change order has asked for. */
  async listOthersMemos(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    memoIds: readonly string[],
  ): Promise<string[]> {
    if (memoIds.length === 0) return [];
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select n.id from unnest($3::text[]) as n (id)
        where not exists (select from credit_memos m
                           where m.org_id = $1 and m.qbo_realm_id = $2 and m.qbo_credit_memo_id = n.id)`),
      [orgId, realmId, memoIds],
    );
    return rows.map(({ id }) => id);
  }

  /** Payments on invoices of ours that settle by one of these journal entries, as far as the mirror knows. */
  async listIdsByEntry(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    entryIds: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select distinct l.qbo_id as id
         from qbo_document_links l
         join invoice_payments p on p.org_id = l.org_id and p.realm_id = l.realm_id
                                and p.qbo_payment_id = l.qbo_id and p.removed_at is null
        where l.org_id = $1 and l.realm_id = $2 and l.type = 'Payment' and l.to_type = 'JournalEntry'
          and l.to_id = any($3)`,
      [orgId, realmId, entryIds],
    );
    return rows.map((row) => row.id);
  }

  /** Has what is applied to these invoices be of the proposals that they are linked to now. */
  async follow(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly LinkedInvoice[],
    at: Date,
  ): Promise<void> {
    if (invoices.length === 0) return;
    await tx.query(
      `update invoice_payments p set proposal_id = linked.proposal_id, updated_at = $5
         from unnest($3::text[], $4::int[]) as linked(qbo_invoice_id, proposal_id)
        where p.org_id = $1 and p.realm_id = $2 and p.qbo_invoice_id = linked.qbo_invoice_id
          and p.removed_at is null and p.proposal_id <> linked.proposal_id`,
      [
        orgId,
        realmId,
        invoices.map(({ qboInvoiceId }) => qboInvoiceId),
        invoices.map(({ proposalId }) => proposalId),
        at,
      ],
    );
  }

  /**
   * Makes these the payments of their invoices. One that is no longer applied is marked, and comes back as the same
   * row. Answers the money that was not counted before, by currency.
   */
  async replace(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly PaymentsOfInvoice[],
    at: Date,
  ): Promise<ArrivedMoney[]> {
    if (invoices.length === 0) return [];
    const rows = invoices.flatMap(({ proposalId, payments }) =>
      payments.map((payment) => ({ ...payment, proposalId })),
    );
    const thinned = invoices.filter(({ hasGone }) => hasGone).map(({ invoiceId }) => invoiceId);
    await this.markGone(tx, { orgId, realmId }, thinned, rows, at);
    if (rows.length === 0) return [];
    await tx.query(
      prepared(`insert into invoice_payments (org_id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind,
                                     credit_memo_id, is_write_off, amount_cents, paid_on, sync_token, seen_at,
                                     updated_at)
       select $1, "proposalId", $2, "paymentId", "invoiceId", kind, "creditMemoId", "isWriteOff", "amountCents",
              "paidOn", "syncToken", $3, $3
         from jsonb_to_recordset($4::jsonb) as new("proposalId" int, "paymentId" text, "invoiceId" text, kind text,
              "creditMemoId" text, "isWriteOff" boolean, "amountCents" bigint, "paidOn" date, "syncToken" bigint)
        order by "paidOn", "syncToken", "paymentId"
       on conflict on constraint invoice_payments_qbo_key do update
         set is_write_off = excluded.is_write_off, amount_cents = excluded.amount_cents, paid_on = excluded.paid_on,
             sync_token = excluded.sync_token, updated_at = excluded.updated_at, removed_at = null,
             org_id = excluded.org_id, proposal_id = excluded.proposal_id`),
      [orgId, realmId, at, JSON.stringify(rows)],
    );
    return this.countNew(tx, orgId, realmId, [...new Set(rows.map((row) => row.paymentId))]);
  }

  /** Marks what is applied to these invoices and is not among what is kept. */
  private async markGone(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    invoiceIds: readonly string[],
    kept: readonly InvoicePayment[],
    at: Date,
  ): Promise<void> {
    if (invoiceIds.length === 0) return;
    await tx.query(
      prepared(`update invoice_payments set removed_at = $4, updated_at = $4
        where org_id = $1 and realm_id = $2 and qbo_invoice_id = any($3) and removed_at is null
          and (qbo_payment_id, qbo_invoice_id, kind, credit_memo_id) not in (
            select "paymentId", "invoiceId", kind, "creditMemoId"
              from jsonb_to_recordset($5::jsonb)
                as kept("paymentId" text, "invoiceId" text, kind text, "creditMemoId" text))`),
      [orgId, realmId, invoiceIds, at, JSON.stringify(kept)],
    );
  }

  /**
   * Money counts once for each payment: as far as it is applied to invoices of ours now and was never before, on
   * whichever of them. Answers what is new, and notes it as counted with the newest of its rows.
   */
  private async countNew(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    paymentIds: readonly string[],
  ): Promise<ArrivedMoney[]> {
    const [rows] = await tx.query<[{ currency: string; cents: string }[], number]>(
      prepared(`with uncounted as (
         select max(id) filter (where removed_at is null and kind <> 'credit') as id,
                sum(amount_cents) filter (where removed_at is null and kind <> 'credit') - sum(counted_cents) as cents
           from invoice_payments where org_id = $1 and realm_id = $2 and qbo_payment_id = any($3)
          group by qbo_payment_id)
       update invoice_payments p set counted_cents = counted_cents + uncounted.cents
         from uncounted, leads l
        where p.org_id = $1 and p.id = uncounted.id and uncounted.cents > 0
          and l.org_id = p.org_id and l.id = p.proposal_id
       returning l.currency, uncounted.cents`),
      [orgId, realmId, paymentIds],
    );
    return byCurrency(rows).map(([currency, some]) => ({
      currency,
      cents: sumIn(currency, some, ({ cents }) => Number(cents)),
    }));
  }

  /**
   * What is applied to the invoices of a proposal, newest first, from before the row `beforeId`; one more than
   * `limit`. Not to one that somebody has taken off the proposal.
   */
  async listOfProposal(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    { limit, beforeId }: { limit: number; beforeId?: number },
  ): Promise<ListedPayment[]> {
    const rows = await tx.query<(ListedPayment & { amountCents: string })[]>(
      `select id::int as id, qbo_payment_id as "paymentId", amount_cents as "amountCents", paid_on::text as
        "paidOn", kind
         from invoice_payments
        where org_id = $1 and proposal_id = $2 and removed_at is null and ($3::bigint is null or id < $3)
          and exists (select from invoices i
                       where i.org_id = $1 and i.proposal_id = $2
                         and i.qbo_invoice_id = invoice_payments.qbo_invoice_id
                         and coalesce(i.qbo_realm_id, invoice_payments.realm_id) = invoice_payments.realm_id)
        order by invoice_payments.id desc
        limit $4`,
      [orgId, proposalId, beforeId ?? null, limit + 1],
    );
    return rows.map((row) => ({ ...row, amountCents: Number(row.amountCents) }));
  }
}
