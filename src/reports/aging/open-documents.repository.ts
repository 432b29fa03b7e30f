import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Parameters } from '../../platform/database/statements/parameters.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { ReportPosition } from '../report-cursor.js';
import { type AgedSum, BUCKETS, BUCKETS_FROM_DAYS, type OpenDocument } from './aging.js';
import {
  IS_AS_OPEN,
  IS_SAME_MEMO,
  memosBesideMirror,
  type OwnBooks,
  openOfCompany,
  openOfOurs,
  type OpenOn,
  whoOfCompany,
} from './open-documents-sql.js';
import { customerNameSql } from '../../customers/customer-name-sql.js';

/** Which of the documents that are owed, the earliest due first. */
export interface OpenWindow {
  after: ReportPosition | null;
  limit: number;
}

/** What is open of an invoice of ours, and the day it is due, or its own day. */
export interface DueInvoice {
  invoiceId: number;
  customerId: number | null;
  currency: string;
  dueOn: CalendarDay;
  openCents: number;
}

export type PlacedDocument = OpenDocument & { key: string };

const COLUMNS = `
  o.type, o.realm_id as "realmId", o.invoice_id as "invoiceId", o.proposal_id as "proposalId", o.qbo_id as "qboId",
  o.number, o.customer_id as "customerId", o.qbo_customer_id as "qboCustomerId", o.customer_name as "customerName",
  o.party_name as "partyName", o.currency, o.exchange_rate::text as "exchangeRate",
  to_char(o.txn_on, 'YYYY-MM-DD') as "txnOn", to_char(o.due_on, 'YYYY-MM-DD') as "dueOn",
  o.open_cents::float8 as "openCents", o.settles_later as "settlesLater", o.key`;

/** Of foreign payments `o` what they settle after a day: parts of what is open, each at the rate of what takes it. */
const SETTLES_LATER = (asOf: string, home: string): string => `
  left join lateral (
    select jsonb_agg(jsonb_build_object(
             'cents', -l.cents * sign(t.cents), 'exchangeRate', coalesce(x.exchange_rate, 1)::text)) as parts
      from qbo_document_links l
      join qbo_receivables t on t.org_id = $1 and t.realm_id = o.realm_id and t.type = l.to_type and t.qbo_id = l.to_id
                            and (t.party_id = o.qbo_customer_id or t.type in ('Invoice', 'CreditMemo'))
      join qbo_documents x on x.org_id = $1 and x.realm_id = o.realm_id and x.type = t.type and x.qbo_id = t.qbo_id
     where o.type = 'Payment' and o.currency <> ${home}
       and l.org_id = $1 and l.realm_id = o.realm_id and l.type = o.type and l.qbo_id = o.qbo_id
       and greatest(o.txn_on, t.txn_on) > ${asOf}) as later on true`;

const BUCKET = (days: string): string => `width_bucket(${days}, array[${BUCKETS_FROM_DAYS.join(', ')}])`;

interface SumRow extends Omit<AgedSum, 'bucket'> {
  /** Null of credits, else the place of the bucket. */
  bucket: number | null;
}

/** In which order documents are listed; the second tells those of one day apart. */
const DUE = 'coalesce(o.due_on, o.txn_on)';
const KEY = 'o.key collate "C"';

/** What is open of receivables on a day. Reads only. */
@Injectable()
export class OpenDocumentsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The invoices of our proposals that were open; all of them without a window or ids. */
  async listOurs(
    question: OpenOn,
    { window, ids }: { window?: OpenWindow; ids?: readonly number[] } = {},
  ): Promise<PlacedDocument[]> {
    const parameters = new Parameters();
    parameters.place(question.orgId);
    const source = openOfOurs(
      `i.id::text as key, 'Invoice' as type, i.qbo_realm_id as realm_id, i.id as invoice_id, i.proposal_id,
       i.qbo_invoice_id as qbo_id, i.number, l.customer_id, i.qbo_customer_ref as qbo_customer_id,
       ${customerNameSql('c', 'l.name')} as customer_name, null as party_name, i.currency, i.exchange_rate,
       i.txn_date as txn_on, i.due_on, '[]'::jsonb as settles_later`,
      question,
      parameters,
    );
    const some = ids ? `${source} and i.id = any (${parameters.place(ids)}::int[])` : source;
    return this.dataSource.query(
      `select ${COLUMNS} from (${pageOfOpen(some, window, parameters)}) o ${orderOf(window)}`,
      parameters.values,
    );
  }

  /** What is open now of the invoices of our proposals, and when it is due. */
  async listDue(question: OpenOn): Promise<DueInvoice[]> {
    const parameters = new Parameters();
    parameters.place(question.orgId);
    const columns = 'i.id as invoice_id, l.customer_id, i.currency, coalesce(i.due_on, i.txn_date) as due';
    const source = openOfOurs(columns, question, parameters);
    return this.dataSource.query(
      `select o.invoice_id as "invoiceId", o.customer_id as "customerId", o.currency,
              to_char(o.due, 'YYYY-MM-DD') as "dueOn", o.open_cents::float8 as "openCents"
         from (${source}) o where o.open_cents > 0`,
      parameters.values,
    );
  }

  /** Every document of the company that was open, from the mirror; all of them without a window. */
  async listOfCompany(question: OpenOn, books: OwnBooks, window?: OpenWindow): Promise<PlacedDocument[]> {
    const parameters = new Parameters();
    parameters.place(question.orgId);
    const open = openOfCompany(
      `concat_ws(':', r.type, r.qbo_id, r.party_id) as key, r.type, r.qbo_id, r.party_id as qbo_customer_id,
       r.party_name, r.txn_on, r.due_on`,
      question,
      books,
      parameters,
    );
    const source = `
      select o.*, i.id as invoice_id, i.proposal_id, d.number, d.exchange_rate, who.id as customer_id,
             coalesce(who.name, m.display_name, o.party_name, o.qbo_customer_id) as customer_name,
             coalesce(later.parts, '[]') as settles_later
        from (${pageOfOpen(open, window, parameters)}) o
        join qbo_documents d on d.org_id = $1 and d.realm_id = o.realm_id and d.type = o.type and d.qbo_id = o.qbo_id
        left join invoices i on i.org_id = $1 and i.qbo_realm_id = o.realm_id and o.type = 'Invoice'
                            and i.qbo_invoice_id = o.qbo_id
        ${SETTLES_LATER(parameters.place(question.asOf), parameters.place(books.homeCurrency))}
        ${whoOfCompany(books, parameters)}`;
    return this.dataSource.query(
      `select ${COLUMNS} from (${source}) o ${orderOf(window)}`,
      parameters.values,
    );
  }

  /** What is open of the invoices of our proposals, by customer and age. */
  async sumOurs(question: OpenOn, tx: EntityManager = this.dataSource.manager): Promise<AgedSum[]> {
    const parameters = new Parameters();
    parameters.place(question.orgId);
    const source = openOfOurs(
      `l.customer_id, i.qbo_customer_ref as qbo_customer_id, i.qbo_realm_id as realm_id,
       ${customerNameSql('c', 'l.name')} as customer_name, i.currency, coalesce(i.due_on, i.txn_date) as due`,
      question,
      parameters,
    );
    const asOf = parameters.place(question.asOf);
    const rows = await tx.query<SumRow[]>(
      `select o.customer_id as "customerId", o.qbo_customer_id as "qboCustomerId", o.realm_id as "realmId",
              o.customer_name as "customerName", o.currency,
              case when o.open_cents > 0 then ${BUCKET(`${asOf}::date - o.due`)} end as bucket,
              sum(o.open_cents)::float8 as cents
         from (${source}) o where o.open_cents <> 0 group by 1, 2, 3, 4, 5, 6`,
      parameters.values,
    );
    return rows.map(named);
  }

  /**
   * Credits of change orders that no mirror of these books has as they are, with what invoices took of them on a later
   * day; an invoice of the same job in the same company tells whose they are there.
   */
  async sumMemos(
    { orgId, asOf, currency }: OpenOn,
    timeZone: string,
    books: OwnBooks | null,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<AgedSum[]> {
    return tx.query<AgedSum[]>(
      `select l.customer_id as "customerId",
              (select max(i.qbo_customer_ref) from invoices i
                where i.org_id = $1 and i.proposal_id = c.proposal_id
                  and i.qbo_realm_id = c.qbo_realm_id) as "qboCustomerId",
              c.qbo_realm_id as "realmId", ${customerNameSql('u', 'l.name')} as "customerName", c.currency,
              null as bucket, -sum(o.cents)::float8 as cents
         from (${memosBesideMirror('$2', '$3')}) c
        cross join lateral (
          select c.cents + coalesce(sum(a.cents), 0) as cents
            from unnest(c.used_on, c.used_cents) as a (day, cents) where a.day > $4) o
         join leads l on l.org_id = $1 and l.id = c.proposal_id
         left join customers u on u.org_id = $1 and u.id = l.customer_id
        where o.cents <> 0 and c.credited_on <= $4 and ($5::char(3) is null or c.currency = $5)
        group by 1, 2, 3, 4, 5`,
      [orgId, timeZone, books?.realmId ?? null, asOf, currency],
    );
  }

  /**
   * The same of every document of the company. `onlyCredits`: what is over, but for credits of change orders that the
   * mirror does not have as they are.
   */
  async sumCompany(
    question: OpenOn,
    books: OwnBooks,
    { onlyCredits = false }: { onlyCredits?: boolean } = {},
    tx: EntityManager = this.dataSource.manager,
  ): Promise<AgedSum[]> {
    const parameters = new Parameters();
    parameters.place(question.orgId);
    const columns = 'r.party_id as qbo_customer_id, r.party_name, coalesce(r.due_on, r.txn_on) as due';
    const open = openOfCompany(columns, question, books, parameters);
    const asRead = `
      and not exists (select from credit_memos c
                       where c.org_id = $1 and ${IS_SAME_MEMO} and (${IS_AS_OPEN}) is not true)`;
    const some = onlyCredits ? `${open} ${asRead}` : open;
    const asOf = parameters.place(question.asOf);
    const rows = await tx.query<SumRow[]>(
      `with sums as materialized (
         select o.qbo_customer_id, max(o.party_name) as party_name, o.currency,
                case when o.open_cents > 0 then ${BUCKET(`${asOf}::date - o.due`)} end as bucket,
                sum(o.open_cents) as cents
           from (${some}) o where o.open_cents ${onlyCredits ? '<' : '<>'} 0
          group by 1, 3, 4)
       select who.id as "customerId", o.qbo_customer_id as "qboCustomerId",
              coalesce(who.name, m.display_name, o.party_name, o.qbo_customer_id) as "customerName", o.currency,
              o.bucket, o.cents::float8 as cents
         from sums o ${whoOfCompany(books, parameters)}`,
      parameters.values,
    );
    return rows.map((row) => named({ ...row, realmId: books.realmId }));
  }
}

/** Of open documents those of the window, the earliest due first; all of them, in no order, without one. */
function pageOfOpen(source: string, window: OpenWindow | undefined, { place }: Parameters): string {
  if (!window) return `select o.* from (${source}) o where o.open_cents <> 0`;
  const { after, limit } = window;
  const later = after ? `and (${DUE}, ${KEY}) > (${place(after.day)}::date, ${place(after.key)})` : '';
  return `select o.* from (${source}) o where o.open_cents > 0 ${later} ${orderOf(window)} limit ${place(limit)}`;
}

function orderOf(window: OpenWindow | undefined): string {
  return window ? `order by ${DUE}, ${KEY}` : '';
}

function named({ bucket, ...row }: SumRow): AgedSum {
  return { ...row, bucket: bucket === null ? null : BUCKETS[bucket]! };
}
