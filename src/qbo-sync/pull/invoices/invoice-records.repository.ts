import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { homeValuesOf } from './home-values.js';
import type { InvoiceRecord } from './invoice-record.js';
import { copyToLeads } from './lead-columns-sql.js';
import { HAS_OWN_MONEY } from './own-money-sql.js';
import { SAVE_INVOICES, savedLists } from './saved-invoices-sql.js';
import { LINE_SEPARATOR, type StoredInvoice, StoredInvoices } from './stored-invoices.js';
import { STORED_LINE } from './stored-line-sql.js';
import { proposalNamed } from './monitors/edits/taken-number.js';

/** A row as PostgreSQL answers it: bigint as text. */
type BigInts = 'syncToken' | 'totalCents' | 'balanceCents' | 'paidCents' | 'originalCents';
type Row = Omit<InvoiceRecord, BigInts> & Record<BigInts, string | null>;

/** One that is made in QuickBooks for one of ours. */
export interface MadeInvoice {
  qboInvoiceId: string;
  sentCents: number;
  madeOn?: CalendarDay | null;
}

/**
 * An invoice of QuickBooks is of one proposal. A second row of it, of a link that was made by SQL before links were
 * compared, is not followed: saved as another of the same company it would stop each answer about the first.
 */
const isFollowed = (row: 'i' | 'invoices'): string => `
  (${row}.qbo_realm_id is not null or not exists (
     select from invoices held
      where held.org_id = ${row}.org_id and held.qbo_invoice_id = ${row}.qbo_invoice_id and ${holds('held', row)}))`;

/** Whether another row of the invoice has it: one that is known to be in this company, or else the first link. */
function holds(other: string, row: string): string {
  return `(${other}.qbo_realm_id = $2 or ${other}.qbo_realm_id is null and ${other}.id < ${row}.id)`;
}

const SELECT = prepared(`
  select i.id, i.proposal_id as "proposalId", i.generation, l.customer_id as "customerId",
         i.qbo_invoice_id as "qboInvoiceId",
         i.number, i.currency, i.sync_token as "syncToken", i.status, i.state, i.total_cents as "totalCents",
         i.balance_cents as "balanceCents", i.paid_cents as "paidCents", i.due_on::text as "dueOn",
         i.paid_on::text as "paidOn", i.payments_incomplete as "paymentsIncomplete",
         i.qbo_customer_ref as "customerRef", i.txn_date::text as "txnDate", i.original_cents as "originalCents",
         i.original_customer_ref as "originalCustomerRef", i.original_txn_date::text as "originalTxnDate",
         i.transition_count as "transitionCount"
    from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
   where i.org_id = $1 and coalesce(i.qbo_realm_id, $2) = $2 and i.qbo_invoice_id = any($3) and ${isFollowed('i')}
   order by i.proposal_id, i.id`);
const LOCK = prepared(`${SELECT} for no key update of l, i`);

/**
 * Linked to an invoice of this company that is not deleted: it may still change. What was linked by hand and can be no
 * id of QuickBooks is asked for by nobody.
 */
const LINKED = `
  org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id is not null and state is distinct from 'deleted'
  and qbo_invoice_id ~ '^[0-9]{1,20}$'`;

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
    const rows = await tx.query<Row[]>(LOCK, [orgId, realmId, qboInvoiceIds]);
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

  /**
   * The proposal whose number an invoice has: of another one of this company that stands under it, else the one that it
   * names; null where it is nobody else's.
   */
  async findOfNumber(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { id, number, proposalId }: Pick<InvoiceRecord, 'id' | 'number' | 'proposalId'>,
  ): Promise<number | null> {
    const [row] = await tx.query<{ proposalId: number }[]>(
      `(select proposal_id as "proposalId" from invoices
         where ${LINKED} and number = $3 and id <> $4 and state is distinct from 'voided'
         order by invoices.id limit 1)
        union all
       (select id from leads where org_id = $1 and id = $5::bigint)
        limit 1`,
      [orgId, realmId, number, id, proposalNamed(number, proposalId)],
    );
    return row?.proposalId ?? null;
  }

  /** Another proposal that has the invoice which somebody linked to this one by SQL; null where nobody has. */
  async findHolder(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { id, qboInvoiceId }: Pick<Lead, 'id' | 'qboInvoiceId'>,
  ): Promise<number | null> {
    const [row] = await tx.query<{ proposalId: number }[]>(
      `select held.proposal_id as "proposalId" from invoices held
         left join invoices i on i.org_id = $1 and i.proposal_id = $4 and i.qbo_invoice_id = $3
        where held.org_id = $1 and held.qbo_invoice_id = $3 and held.proposal_id <> $4
          and (${holds('held', 'i')} or i.id is null and held.qbo_realm_id is null)
        limit 1`,
      [orgId, realmId, qboInvoiceId, id],
    );
    return row?.proposalId ?? null;
  }

  /** The invoices of this company that stand under a number. */
  async listNumbered(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    number: string,
  ): Promise<Pick<InvoiceRecord, 'id' | 'number' | 'proposalId' | 'qboInvoiceId'>[]> {
    return tx.query(
      `select id, number, proposal_id as "proposalId", qbo_invoice_id as "qboInvoiceId" from invoices
        where ${LINKED} and number = $3 and state is distinct from 'voided' order by invoices.id`,
      [orgId, realmId, number],
    );
  }

  /** The number that an invoice was made with; null of one that was linked by hand. */
  async findFirstNumber(
    tx: EntityManager,
    orgId: number,
    { proposalId, qboInvoiceId }: Pick<InvoiceRecord, 'proposalId' | 'qboInvoiceId'>,
  ): Promise<string | null> {
    const [row] = await tx.query<{ number: string | null }[]>(
      `select meta ->> 'qbo_invoice_number' as number from portal_activity
        where org_id = $1 and proposal_id = $2 and event = 'invoice_created' and meta ->> 'qbo_invoice_id' = $3
        order by id limit 1`,
      [orgId, proposalId, qboInvoiceId],
    );
    return row?.number ?? null;
  }

  /**
   * QuickBooks' ids of invoices whose payments could not be read yet, at most `limit`. Drawn by lot, so that each has
   * its turn however many of them QuickBooks never answers, or not all at once. The lot is the process's own, which a
   * simulation plays again.
   */
  async listIncomplete(tx: EntityManager, { orgId, realmId }: QboCompany, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select qbo_invoice_id as id from invoices
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and payments_incomplete
        order by hashint8extended(id, $4), id
        limit $3`),
      [orgId, realmId, limit, Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)],
    );
    return rows.map((row) => row.id);
  }

  /** True where this company has an invoice of ours that may still change, or money of ours. */
  async hasStake(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<boolean> {
    const [row] = await tx.query<[{ hasStake: boolean }]>(
      prepared(`select exists (select from invoices where ${LINKED}) or ${HAS_OWN_MONEY} as "hasStake"`),
      [orgId, realmId],
    );
    return row.hasStake;
  }

  /** How many invoices of this company may still change. */
  async countLinked(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<number> {
    const [row] = await tx.query<[{ count: number }]>(
      prepared(`select count(*)::int as count from invoices where ${LINKED}`),
      [orgId, realmId],
    );
    return row.count;
  }

  /**
   * Those of these invoices that are of a proposal and may still change. The list stands in a subselect, so that its
   * length is not in the estimate: else the kept plan looks dearer than a new one, and it is planned each time.
   */
  async listLinked(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboInvoiceIds: readonly string[],
  ): Promise<string[]> {
    if (qboInvoiceIds.length === 0) return [];
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select distinct qbo_invoice_id as id from invoices
        where ${LINKED} and qbo_invoice_id = any((select $3::text[])::text[])`),
      [orgId, realmId, qboInvoiceIds],
    );
    return rows.map((row) => row.id);
  }

  /** The facts by which the invoices that may still change are known, in one value however many they are. */
  async overview(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<StoredInvoices> {
    const [row] = await tx.query<[{ lines: string | null; oldestDay: CalendarDay | null }]>(
      prepared(`select string_agg(${STORED_LINE}, '${LINE_SEPARATOR}' order by invoices.id) as lines,
              min(txn_date)::text as "oldestDay"
         from invoices where ${LINKED} and ${isFollowed('invoices')}`),
      [orgId, realmId],
    );
    return new StoredInvoices(row.lines ?? '', row.oldestDay);
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

  /**
   * Writes many invoices in one statement. A link made by hand gets its company. Tax and home value are those of
   * `read`, by QuickBooks' id; of an invoice that was not read they stay as they were.
   */
  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoices: readonly InvoiceRecord[],
    read: ReadonlyMap<string, QboInvoice>,
    at: Date,
  ): Promise<void> {
    if (invoices.length === 0) return;
    const rows = invoices.map((invoice) => ({ ...invoice, ...homeValuesOf(read.get(invoice.qboInvoiceId)) }));
    await tx.query(SAVE_INVOICES, [orgId, at, realmId, ...savedLists(rows)]);
  }

  /** Notes that these were looked at, changed or not. */
  async markSeen(tx: EntityManager, orgId: number, ids: readonly number[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    await tx.query(
      prepared(copyToLeads('update invoices i set last_sync_at = $2 where i.org_id = $1 and i.id = any($3)')),
      [orgId, at, ids],
    );
  }

  /**
   * Notes on the proposals that show one of these invoices that QuickBooks was asked: it has them as they are stored.
   * Nothing else of them is touched. The lists are joined: `= any` of a prepared statement goes through a whole list
   * for each row.
   */
  async markUnchanged(
    tx: EntityManager,
    orgId: number,
    invoices: readonly Pick<StoredInvoice, 'proposalId' | 'qboInvoiceId'>[],
    at: Date,
  ): Promise<void> {
    if (invoices.length === 0) return;
    await tx.query(
      `update leads l set qbo_last_sync_at = $2
         from unnest($3::int[], $4::text[]) as seen(proposal_id, qbo_invoice_id)
        where l.org_id = $1 and l.id = seen.proposal_id and l.qbo_invoice_id = seen.qbo_invoice_id`,
      [orgId, at, invoices.map(({ proposalId }) => proposalId), invoices.map((one) => one.qboInvoiceId)],
    );
  }

  /** Open invoices whose due day has passed become overdue, whether QuickBooks says anything new or not. */
  async markOverdue(tx: EntityManager, orgId: number, today: CalendarDay): Promise<void> {
    await tx.query(
      prepared(`update invoices set state = 'overdue'
        where org_id = $1 and qbo_invoice_id is not null and state in ('open', 'partially_paid') and due_on < $2`),
      [orgId, today],
    );
  }

  /**
   * Ties an invoice of ours to the one in QuickBooks, which was to come to `sentCents` and was made on a day, where
   * that is known. Answers false when it is tied to one already.
   */
  async link(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    id: number,
    { qboInvoiceId, sentCents, madeOn = null }: MadeInvoice,
    at: Date,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      copyToLeads(`
        update invoices i set qbo_realm_id = $3, qbo_invoice_id = $4, original_cents = $6, original_txn_date = $7,
               updated_at = $2
         where i.org_id = $1 and i.id = $5 and i.qbo_invoice_id is null`),
      [orgId, at, realmId, qboInvoiceId, id, sentCents, madeOn],
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
