import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { liveInvoiceSql } from '../invoices/invoice-state.js';
import { dayOfOrgSql } from '../orgs/time-zones/day-of-org-sql.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import {
  type Bill,
  BILL_TYPES,
  type BillBooks,
  type BillHead,
  type BillType,
  type BorneCost,
  unallocatedCents,
} from './bill.js';
import { BillBearersRepository } from './allocation/bill-bearers.repository.js';
import { BillHeadsRepository, type BillKey, type HeadFilter } from './bill-heads.repository.js';
import { BillLinesRepository } from './bill-lines.repository.js';
import { type BillPosition, billPosition, type BillsOrder } from './bills-order.js';

/** What follows from the evidence, so that no statement can ask for it. */
export interface AllocationFilter {
  proposalId?: number;
  /** With a line that is proposed to a job, or of which no job bears a part. */
  allocation?: 'proposed' | 'missing';
}

/** So many bills are looked at together for a page of those that fit. */
const BATCH = 500;
/** All costs of a contractor are read so many bills at a time: what is made of them is gone before it gets old. */
export const COSTS_AT_ONCE = 3_000;

/** Costs from the mirror of the company's documents, with what bears them. */
@Injectable()
export class BillsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly heads: BillHeadsRepository,
    private readonly bearers: BillBearersRepository,
    private readonly lines: BillLinesRepository,
  ) {}

  async find(
    books: BillBooks,
    key: BillKey,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Bill | null> {
    const heads = await this.heads.list(tx, books, { key });
    if (heads.length === 0) return null;
    const [bill] = await this.lines.attach(tx, books, heads);
    return bill!;
  }

  /** The next so many that fit, after a position in the order; one more than the limit where there is more. */
  async page(
    books: BillBooks,
    { proposalId, allocation, ...filter }: HeadFilter & AllocationFilter,
    { sort, after, limit }: Required<Omit<BillsOrder, 'after'>> & Pick<BillsOrder, 'after'>,
  ): Promise<Bill[]> {
    const tx = this.dataSource.manager;
    if (proposalId === undefined && allocation === undefined) {
      const heads = await this.heads.list(tx, books, filter, { sort, after, limit: limit + 1 });
      return this.lines.attach(tx, books, heads);
    }
    const about = proposalId === undefined ? undefined : await this.bearers.clues(tx, books, proposalId);
    const all = await this.bearers.all(tx, books); // who looks on looks at many
    const found: BillHead[] = [];
    for (let position: BillPosition | undefined = after; ;) {
      const heads = await this.heads.list(
        tx,
        books,
        { ...filter, about },
        { sort, after: position, limit: BATCH },
      );
      const borne = await this.lines.attachBorne(tx, books, heads, all);
      found.push(...heads.filter((_, place) => isWanted(borne[place]!, { proposalId, allocation })));
      if (heads.length < BATCH || found.length > limit) break;
      position = billPosition(sort, heads.at(-1)!);
    }
    // Who may bear what is left is asked of those alone that are shown: a customer may have thousands of jobs.
    return this.lines.attach(tx, books, found.slice(0, limit + 1), all);
  }

  /**
   * The costs of these days, some at a time, in no order that says anything; of one job those that may be its own or
   * its customer's.
   */
  async *batches(
    books: BillBooks,
    { from, to, proposalId }: { from: CalendarDay | null; to: CalendarDay | null; proposalId: number | null },
  ): AsyncGenerator<BorneCost[]> {
    const tx = this.dataSource.manager;
    const bearers = await this.bearers.all(tx, books);
    const about = proposalId === null ? undefined : await this.bearers.clues(tx, books, proposalId);
    for (const type of BILL_TYPES) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const heads = await this.heads.listCosts(
          tx,
          books,
          { from, to, about },
          { type, after, limit: COSTS_AT_ONCE },
        );
        yield await this.lines.attachBorne(tx, books, heads, bearers);
        after = heads.length < COSTS_AT_ONCE ? undefined : heads.at(-1)!.qboId;
      }
    }
  }

  /** Companies that were connected before this one, and whose documents were read then. */
  async listFormerRealms({ orgId, realmId }: Pick<BillBooks, 'orgId' | 'realmId'>): Promise<string[]> {
    const rows = await this.dataSource.query<{ realmId: string }[]>(
      `select realm_id as "realmId" from qbo_document_mirrors
        where org_id = $1 and realm_id <> $2 and filled_at is not null order by realm_id`,
      [orgId, realmId],
    );
    return rows.map((row) => row.realmId);
  }

  /** Jobs with an invoice that stands, from this day on, in a company connected before that was never read. */
  async listUnread(
    { orgId, realmId, timeZone }: Pick<BillBooks, 'orgId' | 'realmId' | 'timeZone'>,
    from: CalendarDay | null,
  ): Promise<Set<number>> {
    const rows = await this.dataSource.query<{ proposalId: number }[]>(
      `select distinct i.proposal_id as "proposalId" from invoices i
        where i.org_id = $1 and i.qbo_realm_id <> $2
          and coalesce(i.txn_date, ${dayOfOrgSql('i.created_at', '$4')}) >= coalesce($3::date, '-infinity')
          and ${liveInvoiceSql('i')}
          and not exists (select from qbo_document_mirrors m
                           where m.org_id = i.org_id and m.realm_id = i.qbo_realm_id and m.filled_at is not null)`,
      [orgId, realmId, from, timeZone],
    );
    return new Set(rows.map((row) => row.proposalId));
  }

  /** Holds a document against others who allocate it. */
  async lock(tx: EntityManager, { orgId, realmId }: BillBooks, { type, qboId }: BillKey): Promise<void> {
    await tx.query(
      `select from qbo_documents where org_id = $1 and realm_id = $2 and type = $3 and qbo_id = $4 for no key update`,
      [orgId, realmId, type, qboId],
    );
  }

  async decide(
    tx: EntityManager,
    where: {
      orgId: number;
      realmId: string;
      type: BillType;
      qboId: string;
      line: number;
      proposalId: number;
    },
    decision: { cents: number; state: 'accepted' | 'rejected'; by: number; at: Date },
  ): Promise<void> {
    await tx.query(
      `insert into cost_allocations
              (org_id, realm_id, type, qbo_id, line, proposal_id, cents, state, decided_by, decided_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict on constraint cost_allocations_line_key do update
          set cents = excluded.cents, state = excluded.state, decided_by = excluded.decided_by,
              decided_at = excluded.decided_at`,
      [
        where.orgId,
        where.realmId,
        where.type,
        where.qboId,
        where.line,
        where.proposalId,
        decision.cents,
        decision.state,
        decision.by,
        decision.at,
      ],
    );
  }
}

function isWanted({ lines, deleted }: BorneCost, { proposalId, allocation }: AllocationFilter): boolean {
  const isProposed = (line: BorneCost['lines'][number]): boolean =>
    line.allocations.some(({ state }) => state === 'proposed');
  if (allocation !== undefined && deleted) return false;
  if (allocation === 'proposed' && !lines.some(isProposed)) return false;
  if (allocation === 'missing' && !lines.some((line) => unallocatedCents(line) !== 0)) return false;
  if (proposalId === undefined) return true;
  return lines.some(({ allocations }) =>
    allocations.some((one) => one.proposalId === proposalId && one.state !== 'rejected'),
  );
}
