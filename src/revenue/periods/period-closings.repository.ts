import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { FrozenPack, PeriodClosing } from './period.js';
import { stoppedSql, inHandSql, pendingSql } from '../../qbo-sync/operations/operation-state.js';

const COLUMNS = `
  id::int as id, month, closed_at as "closedAt", closed_by as "closedBy", force_reason as "forceReason",
  to_char(qbo_closing_date, 'YYYY-MM-DD') as "qboClosingDate", pack_hash as "packHash",
  previous_hash as "previousHash"`;

/**
 * The month of the document that an operation `o` makes: of money the day it came or went, which may lie before the
 * operation's, since money is heard of later; of any other the day it has in QuickBooks, or was wanted.
 */
function monthOfDocument(zone: string): string {
  return `left(coalesce(o.payload #>> '{fact,paidOn}', o.payload #>> '{fact,refundedOn}', o.payload ->> 'txnDate',
                        ${monthOf('o.created_at', zone)}), 7)`;
}

/** The month of an instant in the time zone that the organisation, the first parameter, had then. */
function monthOf(instant: string, zone: string): string {
  return `to_char(${dayOfOrgSql(instant, zone)}, 'YYYY-MM')`;
}

/** The payment by whose id an item `i` is about it: looked for among all of them, an item takes a tenth of a second. */
const PAYMENT_NAMED = `
  case when split_part(i.subject, ':', 2) ~ '^[0-9]{1,18}$' then split_part(i.subject, ':', 2)::bigint end`;

/** Which months are closed, and what was frozen with each. A closing that was taken back stays, with who and why. */
@Injectable()
export class PeriodClosingsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The closings that stand, oldest first. */
  async list(orgId: number, tx: EntityManager = this.dataSource.manager): Promise<PeriodClosing[]> {
    return tx.query<PeriodClosing[]>(
      `select ${COLUMNS} from period_closings where org_id = $1 and reopened_at is null order by month`,
      [orgId],
    );
  }

  /** The closing of a month that stands, with its pack; null while it is open. */
  async find(
    orgId: number,
    month: string,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<FrozenPack | null> {
    const [row] = await tx.query<FrozenPack[]>(
      `select ${COLUMNS}, figures, header from period_closings
        where org_id = $1 and month = $2 and reopened_at is null`,
      [orgId, month],
    );
    return row ?? null;
  }

  async insert(tx: EntityManager, orgId: number, closing: Omit<FrozenPack, 'id'>): Promise<void> {
    await tx.query(
      `insert into period_closings (org_id, month, closed_at, closed_by, force_reason, qbo_closing_date, figures,
                                    header, pack_hash, previous_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        orgId,
        closing.month,
        closing.closedAt,
        closing.closedBy,
        closing.forceReason,
        closing.qboClosingDate,
        JSON.stringify(closing.figures),
        JSON.stringify(closing.header),
        closing.packHash,
        closing.previousHash,
      ],
    );
  }

  async reopen(
    tx: EntityManager,
    orgId: number,
    month: string,
    { by, reason, at }: { by: number; reason: string; at: Date },
  ): Promise<void> {
    await tx.query(
      `update period_closings set reopened_at = $3, reopened_by = $4, reopen_reason = $5
        where org_id = $1 and month = $2 and reopened_at is null`,
      [orgId, month, at, by, reason],
    );
  }

  /** Months with entries in the journal, up to and with one, oldest first: by its sums, which are few. */
  async listMonthsWithEvents(tx: EntityManager, orgId: number, upTo: string): Promise<string[]> {
    const rows = await tx.query<{ month: string }[]>(
      `select distinct to_char(b.month, 'YYYY-MM') as month from revenue_balances b
        where b.org_id = $1 and b.month <= to_date($2, 'YYYY-MM') order by 1`,
      [orgId, upTo],
    );
    return rows.map(({ month }) => month);
  }

  /** Open items of the inbox that were opened in a month, or are about a document or money of it, but these codes. */
  async listOpenInbox(
    tx: EntityManager,
    orgId: number,
    { month, timeZone, except }: { month: string; timeZone: string; except: readonly string[] },
  ): Promise<{ id: number; code: string; proposalId: number | null }[]> {
    return tx.query(
      `select i.id::int as id, i.code, i.proposal_id as "proposalId" from inbox_items i
        where i.org_id = $1 and i.state = 'open' and i.code <> all($4)
          and (${monthOf('i.created_at', '$3')} = $2
            or (select ${monthOfDocument('$3')} from sync_operations o
                 where o.org_id = i.org_id and o.id = i.operation_id) = $2
            or (select ${monthOf('p.paid_at', '$3')} from payments p
                 where p.org_id = i.org_id and p.id = ${PAYMENT_NAMED}
                   and i.subject in ('payment.unapplied:' || p.id, 'payment.not_owed:' || p.id)) = $2)
        order by i.id`,
      [orgId, month, timeZone, except],
    );
  }

  /** Proposals whose work is complete on a day and stands below 100 %, where revenue follows the percentage. */
  async listBelowWhole(tx: EntityManager, orgId: number, day: CalendarDay): Promise<number[]> {
    const rows = await tx.query<{ proposalId: number }[]>(
      `select k.proposal_id as "proposalId" from contracts k
        where k.org_id = $1 and k.revenue_policy = 'percent' and k.cancelled_at is null and k.completed_on <= $2
          and coalesce((select g.percent from contract_progress g
                         where g.org_id = k.org_id and g.contract_id = k.id and g.month <= to_char($2::date, 'YYYY-MM')
                         order by g.month desc limit 1), 0) < 100
        order by k.proposal_id`,
      [orgId, day],
    );
    return rows.map(({ proposalId }) => proposalId);
  }

  /**
   * Documents of a month, or that were wanted in it for one that may be closed already, that are not in the connected
   * QuickBooks company: without an answer yet, waiting for the connection or for what they build on, or refused and not
   * decided by anybody. What has a question under another code than these is counted as that.
   */
  async countUnrecorded(
    tx: EntityManager,
    orgId: number,
    { month, timeZone, except }: { month: string; timeZone: string; except: readonly string[] },
  ): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      `select count(distinct (o.kind, o.entity_id))::int as count from sync_operations o
        where o.org_id = $1 and o.kind not like 'customer.%' and o.kind <> 'item.create'
          and (${pendingSql('o')} or ${stoppedSql('o')})
          and (${monthOf('o.created_at', '$3')} = $2 or ${monthOfDocument('$3')} = $2)
          and (${inHandSql('o')}
            or o.state = 'waiting' and exists (
              select from qbo_tokens t where t.org_id = o.org_id and t.state <> 'disconnected') and not exists (
              select from inbox_items i
               where i.org_id = o.org_id and i.subject = o.kind || ':' || o.entity_id and i.state = 'open'
                 and i.code <> all($4))
            or ${stoppedSql('o')} and exists (
              select from inbox_items i
               where i.org_id = o.org_id and i.subject = o.kind || ':' || o.entity_id and i.state = 'open'
                 and i.code = any($4)))`,
      [orgId, month, timeZone, except],
    );
    return row!.count;
  }

  /** When the documents of the company were last read, of all its mirrors. */
  async lastRead(tx: EntityManager, orgId: number): Promise<Date | null> {
    const [row] = await tx.query<{ at: Date | null }[]>(
      'select max(looked_at) as at from qbo_document_mirrors where org_id = $1',
      [orgId],
    );
    return row!.at;
  }
}
