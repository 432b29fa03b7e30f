import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import type { InvoiceRecord } from './invoice-record.js';

/** A row of `leads` as PostgreSQL answers it: bigint as text. */
type BigInts = 'syncToken' | 'totalCents' | 'balanceCents' | 'paidCents' | 'agreedCents';
type LinkedRow = Omit<InvoiceRecord, BigInts> & Record<BigInts, string | null>;

const COLUMNS = `
  id as "proposalId", customer_id as "customerId", qbo_invoice_id as "invoiceId", qbo_invoice_number as "number",
  qbo_sync_token as "syncToken", qbo_status as "status", qbo_state as "state", qbo_total_cents as "totalCents",
  qbo_balance_cents as "balanceCents", qbo_paid_cents as "paidCents", qbo_due_on::text as "dueOn",
  qbo_paid_on::text as "paidOn", qbo_payments_owed as "paymentsOwed", qbo_billed_to as "billedTo",
  qbo_txn_on::text as "txnOn", qbo_agreed_cents as "agreedCents", qbo_agreed_billed_to as "agreedBilledTo",
  qbo_agreed_txn_on::text as "agreedTxnOn", currency, qbo_transition_count as "transitionCount"`;

/** The `qbo_*` columns of leads. Only the reconciler writes through here. */
@Injectable()
export class InvoiceRecordsRepository {
  /** The linked invoices with these ids, locked in one order so that two reconcilers cannot deadlock. */
  async lockByInvoiceIds(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    invoiceIds: readonly string[],
  ): Promise<InvoiceRecord[]> {
    const rows = await tx.query<LinkedRow[]>(
      `select ${COLUMNS} from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id = any($3)
        order by id
          for update`,
      [orgId, realmId, invoiceIds],
    );
    return rows.map(linkedInvoice);
  }

  /** The linked invoices with these ids as they stand, for a look without a lock. */
  async listByInvoiceIds(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoiceIds: readonly string[],
  ): Promise<InvoiceRecord[]> {
    const rows = await tx.query<LinkedRow[]>(
      `select ${COLUMNS} from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id = any($3)
        order by id`,
      [orgId, realmId, invoiceIds],
    );
    return rows.map(linkedInvoice);
  }

  /** Ids of invoices whose payments could not be read yet, at most `limit`. */
  async listOwingPayments(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    limit: number,
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_invoice_id as id from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_payments_owed
        order by leads.id
        limit $3`,
      [orgId, realmId, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Ids of the invoices of this company that may still change, oldest link first. */
  async listInvoiceIds(tx: EntityManager, orgId: number, realmId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_invoice_id as id from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id is not null
          and qbo_state is distinct from 'deleted'
        order by leads.id`,
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
      `select coalesce(json_agg(qbo_invoice_id order by leads.id), '[]') as ids, min(qbo_txn_on)::text as "oldestDay"
         from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id is not null
          and qbo_state is distinct from 'deleted'`,
      [orgId, realmId],
    );
    return row!;
  }

  /** Proposals of the organisation that are linked to an invoice which may still change. */
  async listLinkedProposalIds(tx: EntityManager, orgId: number): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select id from leads
        where org_id = $1 and qbo_invoice_id is not null and qbo_state is distinct from 'deleted'
        order by id`,
      [orgId],
    );
    return rows.map((row) => row.id);
  }

  /** Writes many invoices in one statement. A link made by hand learns its company. */
  async save(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    invoices: readonly InvoiceRecord[],
    at: Date,
  ): Promise<void> {
    if (invoices.length === 0) return;
    await tx.query(
      `update leads
          set qbo_realm_id = $4, qbo_invoice_number = new."number", qbo_sync_token = new."syncToken", qbo_status = new."status",
              qbo_state = new."state", qbo_total_cents = new."totalCents", qbo_balance_cents = new."balanceCents",
              qbo_paid_cents = new."paidCents", qbo_due_on = new."dueOn", qbo_paid_on = new."paidOn",
              qbo_payments_owed = new."paymentsOwed", qbo_billed_to = new."billedTo", qbo_txn_on = new."txnOn",
              qbo_agreed_cents = new."agreedCents", qbo_agreed_billed_to = new."agreedBilledTo",
              qbo_agreed_txn_on = new."agreedTxnOn",
              qbo_transition_count = new."transitionCount", qbo_last_sync_at = $3, updated_at = $3
         from jsonb_to_recordset($2::jsonb) as new(
              "proposalId" int, "number" text, "syncToken" bigint, "status" text, "state" text, "totalCents" bigint,
              "balanceCents" bigint, "paidCents" bigint, "dueOn" date, "paidOn" date, "paymentsOwed" boolean,
              "billedTo" text, "txnOn" date, "agreedCents" bigint, "agreedBilledTo" text, "agreedTxnOn" date,
              "transitionCount" int)
        where leads.org_id = $1 and leads.id = new."proposalId"`,
      [orgId, JSON.stringify(invoices), at, realmId],
    );
  }

  /** Notes that these were looked at, changed or not. */
  async markSeen(tx: EntityManager, orgId: number, proposalIds: readonly number[], at: Date): Promise<void> {
    if (proposalIds.length === 0) return;
    await tx.query(`update leads set qbo_last_sync_at = $3 where org_id = $1 and id = any($2)`, [
      orgId,
      proposalIds,
      at,
    ]);
  }

  /**
   * Marks as looked at every invoice that QuickBooks shows exactly as it is held, in one statement and without reading the
   * rest of it, and answers which these are. Anything that is new, owes its payments or differs in a fact is left alone. That a
   * due day has passed is no news of QuickBooks.
   */
  async markSame(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly QboInvoice[],
    at: Date,
  ): Promise<Set<string>> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `update leads set qbo_last_sync_at = $3
         from unnest($4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::date[], $10::text[], $11::date[])
              as told(id, sync_token, total_cents, balance_cents, number, due_on, billed_to, txn_on)
        where org_id = $1 and qbo_realm_id = $2 and qbo_invoice_id = told.id
          and qbo_state <> 'deleted' and not qbo_payments_owed
          and qbo_sync_token = told.sync_token and qbo_total_cents = told.total_cents
          and qbo_balance_cents = told.balance_cents and qbo_billed_to = told.billed_to
          and (told.number is null or qbo_invoice_number = told.number)
          and qbo_due_on is not distinct from told.due_on and qbo_txn_on is not distinct from told.txn_on
        returning qbo_invoice_id as id`,
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
      `update leads set qbo_state = 'overdue'
        where org_id = $1 and qbo_invoice_id is not null and qbo_state in ('open', 'partially_paid') and qbo_due_on < $2`,
      [orgId, today],
    );
  }

  /** Ties a proposal to its invoice. Answers false when it is already tied to one. */
  async link(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    realmId: string,
    invoiceId: string,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update leads set qbo_realm_id = $3, qbo_invoice_id = $4
        where org_id = $1 and id = $2 and qbo_invoice_id is null`,
      [orgId, proposalId, realmId, invoiceId],
    );
    return count === 1;
  }
}

function linkedInvoice(row: LinkedRow): InvoiceRecord {
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  return {
    ...row,
    syncToken: number(row.syncToken),
    totalCents: number(row.totalCents),
    balanceCents: number(row.balanceCents),
    paidCents: number(row.paidCents),
    agreedCents: number(row.agreedCents),
  };
}
