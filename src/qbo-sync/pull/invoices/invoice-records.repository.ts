import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import type { InvoiceRecord } from './invoice-record.js';
import { copyToLeads } from './lead-columns-sql.js';

/** A row as PostgreSQL answers it: bigint as text. */
type BigInts = 'syncToken' | 'totalCents' | 'balanceCents' | 'paidCents' | 'originalCents';
type Row = Omit<InvoiceRecord, BigInts> & Record<BigInts, string | null>;

const SELECT = `
  select i.id, i.proposal_id as "proposalId", l.customer_id as "customerId", i.qbo_invoice_id as "qboInvoiceId",
         i.number, i.currency, i.sync_token as "syncToken", i.status, i.state, i.total_cents as "totalCents",
         i.balance_cents as "balanceCents", i.paid_cents as "paidCents", i.due_on::text as "dueOn",
         i.paid_on::text as "paidOn", i.payments_incomplete as "paymentsIncomplete",
         i.qbo_customer_ref as "customerRef", i.txn_date::text as "txnDate", i.original_cents as "originalCents",
         i.original_customer_ref as "originalCustomerRef", i.original_txn_date::text as "originalTxnDate",
         i.transition_count as "transitionCount"
    from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
   where i.org_id = $1 and coalesce(i.qbo_realm_id, $2) = $2 and i.qbo_invoice_id = any($3)
   order by i.proposal_id, i.id`;

/** Linked to an invoice of this company which may still change. */
const MAY_CHANGE = `
  org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id is not null and state is distinct from 'deleted'`;

/**
 * What QuickBooks says of the invoices. Only the projector writes through here; the qbo columns of leads are written in
 * the same statement.
 */
@Injectable()
export class InvoiceRecordsRepository {
  /**
   * The linked invoices with these ids, locked with their leads, in one order so that two projectors cannot deadlock.
   */
  async lockByQboIds(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboInvoiceIds: readonly string[],
  ): Promise<InvoiceRecord[]> {
    const rows = await tx.query<Row[]>(`${SELECT} for no key update of l, i`, [
      orgId,
      realmId,
      qboInvoiceIds,
    ]);
    return rows.map(invoiceRecord);
  }

  /** The linked invoices with these ids as they stand, without a lock. */
  async listByQboIds(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboInvoiceIds: readonly string[],
  ): Promise<InvoiceRecord[]> {
    const rows = await tx.query<Row[]>(SELECT, [orgId, realmId, qboInvoiceIds]);
    return rows.map(invoiceRecord);
  }

  /** QuickBooks' ids of invoices whose payments could not be read yet, at most `limit`. */
  async listIncomplete(tx: EntityManager, { orgId, realmId }: QboCompany, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_invoice_id as id from invoices
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and payments_incomplete
        order by invoices.id
        limit $3`,
      [orgId, realmId, limit],
    );
    return rows.map((row) => row.id);
  }

  /** QuickBooks' ids of the invoices of this company that may still change, the oldest first. */
  async listQboIds(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_invoice_id as id from invoices where ${MAY_CHANGE} order by invoices.id`,
      [orgId, realmId],
    );
    return rows.map((row) => row.id);
  }

  /** The same in one value, however many they are, and the date of the oldest; null where none is known. */
  async overview(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
  ): Promise<{ ids: string[]; oldestDay: CalendarDay | null }> {
    const [row] = await tx.query<{ ids: string[]; oldestDay: CalendarDay | null }[]>(
      `select coalesce(json_agg(qbo_invoice_id order by invoices.id), '[]') as ids,
              min(txn_date)::text as "oldestDay"
         from invoices where ${MAY_CHANGE}`,
      [orgId, realmId],
    );
    return row!;
  }

  /** Proposals of the organisation that are linked to an invoice which may still change. */
  async listLinkedProposalIds(tx: EntityManager, orgId: number): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select distinct proposal_id as id from invoices
        where org_id = $1 and qbo_invoice_id is not null and state is distinct from 'deleted'
        order by 1`,
      [orgId],
    );
    return rows.map((row) => row.id);
  }

  /** Writes many invoices in one statement. A link made by hand gets its company. */
  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly InvoiceRecord[],
    at: Date,
  ): Promise<void> {
    if (invoices.length === 0) return;
    await tx.query(
      copyToLeads(`
        update invoices i
           set qbo_realm_id = $3, number = new."number", sync_token = new."syncToken", status = new."status",
               state = new."state", total_cents = new."totalCents", balance_cents = new."balanceCents",
               paid_cents = new."paidCents", due_on = new."dueOn", paid_on = new."paidOn",
               payments_incomplete = new."paymentsIncomplete", qbo_customer_ref = new."customerRef",
               txn_date = new."txnDate", original_cents = new."originalCents",
               original_customer_ref = new."originalCustomerRef", original_txn_date = new."originalTxnDate",
               transition_count = new."transitionCount", last_sync_at = $2, updated_at = $2
          from jsonb_to_recordset($4::jsonb) as new(
               "id" int, "number" text, "syncToken" bigint, "status" text, "state" text, "totalCents" bigint,
               "balanceCents" bigint, "paidCents" bigint, "dueOn" date, "paidOn" date, "paymentsIncomplete" boolean,
               "customerRef" text, "txnDate" date, "originalCents" bigint, "originalCustomerRef" text,
               "originalTxnDate" date, "transitionCount" int)
         where i.org_id = $1 and i.id = new."id"`),
      [orgId, at, realmId, JSON.stringify(invoices)],
    );
  }

  /** Notes that these were looked at, changed or not. */
  async markSeen(tx: EntityManager, orgId: number, ids: readonly number[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    await tx.query(
      copyToLeads('update invoices i set last_sync_at = $2 where i.org_id = $1 and i.id = any($3)'),
      [orgId, at, ids],
    );
  }

  /**
   * Marks as looked at every invoice that QuickBooks shows exactly as it is stored, in one statement and without
   * reading the rest of it, and answers QuickBooks' ids of these. Anything that is new, lacks payments or differs in
   * a fact is left alone. That a due day has passed is no news of QuickBooks.
   */
  async touchUnchanged(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly QboInvoice[],
    at: Date,
  ): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }[]>(
      `with same as (
         update invoices i set last_sync_at = $3
           from unnest($4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::date[], $10::text[],
                       $11::date[])
                as now(id, sync_token, total_cents, balance_cents, number, due_on, customer_ref, txn_date)
          where i.org_id = $1 and i.qbo_realm_id = $2 and i.qbo_invoice_id = now.id
            and i.state <> 'deleted' and not i.payments_incomplete
            and i.sync_token = now.sync_token and i.total_cents = now.total_cents
            and i.balance_cents = now.balance_cents and i.qbo_customer_ref = now.customer_ref
            and (now.number is null or i.number = now.number)
            and i.due_on is not distinct from now.due_on and i.txn_date is not distinct from now.txn_date
         returning i.proposal_id, i.qbo_invoice_id),
       shown as (
         update leads l set qbo_last_sync_at = $3 from same
          where l.org_id = $1 and l.id = same.proposal_id and l.qbo_invoice_id = same.qbo_invoice_id)
       select qbo_invoice_id as id from same`,
      [
        orgId,
        realmId,
        at,
        invoices.map((one) => one.id),
        invoices.map((one) => one.syncToken),
        invoices.map((one) => one.totalCents),
        invoices.map((one) => one.balanceCents),
        invoices.map((one) => one.docNumber),
        invoices.map((one) => one.dueDate),
        invoices.map((one) => one.customerId),
        invoices.map((one) => one.txnDate),
      ],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Open invoices whose due day has passed become overdue, whether QuickBooks says anything new or not. */
  async markOverdue(tx: EntityManager, orgId: number, today: CalendarDay): Promise<void> {
    await tx.query(
      `update invoices set state = 'overdue'
        where org_id = $1 and qbo_invoice_id is not null and state in ('open', 'partially_paid') and due_on < $2`,
      [orgId, today],
    );
  }

  /** Ties an invoice of ours to the one in QuickBooks. Answers false when it is already tied to one. */
  async link(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    id: number,
    qboInvoiceId: string,
    at: Date,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      copyToLeads(`
        update invoices i set qbo_realm_id = $3, qbo_invoice_id = $4, updated_at = $2
         where i.org_id = $1 and i.id = $5 and i.qbo_invoice_id is null`),
      [orgId, at, realmId, qboInvoiceId, id],
    );
    return count === 1;
  }
}

function invoiceRecord(row: Row): InvoiceRecord {
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  return {
    ...row,
    syncToken: number(row.syncToken),
    totalCents: number(row.totalCents),
    balanceCents: number(row.balanceCents),
    paidCents: number(row.paidCents),
    originalCents: number(row.originalCents),
  };
}
