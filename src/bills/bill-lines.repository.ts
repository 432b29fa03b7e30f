import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type Bill,
  type BillAllocation,
  type BillBooks,
  type BillHead,
  type BillLine,
  type BillType,
  type BorneCost,
  type CostHead,
  costSign,
} from './bill.js';
import {
  type BillBearers,
  BillBearersRepository,
  type BillParties,
} from './allocation/bill-bearers.repository.js';
import { CostJobsRepository } from './allocation/cost-jobs.repository.js';
import { accountOfLine, IS_COST } from '../contracts/cost-lines-sql.js';
import type { CostJobs } from './allocation/job-candidates.js';
import { asksForJobs, lineAllocations, lineBearers, type LineFacts } from './allocation/line-allocations.js';
import { namedJobsOf } from './allocation/named-jobs.js';

interface LineRow {
  type: BillType;
  qboId: string;
  line: number;
  description: string | null;
  /** As the document has it, whether it costs or gives back. */
  cents: number;
  isCost: boolean;
  partyId: string | null;
  partyName: string | null;
}
type AllocationRow = BillAllocation & { type: BillType; qboId: string; line: number };

/** Documents of some types with some ids, those looked for among them: one pass over the index. */
const THESE =
  'x.org_id = $1 and x.realm_id = $2 and x.type = any ($3::text[]) and x.qbo_id = any ($4::text[])';

/** The lines of costs, each with the jobs that bear it or may. Reads only. */
@Injectable()
export class BillLinesRepository {
  constructor(
    private readonly bearers: BillBearersRepository,
    private readonly costJobs: CostJobsRepository,
  ) {}

  /** Gives each of these bills its lines; without bearers, those are read that the lines can name. */
  async attach(
    tx: EntityManager,
    books: BillBooks,
    heads: readonly BillHead[],
    all?: BillBearers,
  ): Promise<Bill[]> {
    const lines = await this.linesOf(tx, books, heads, all);
    const jobs = all?.jobs ?? (await this.jobsFor(tx, books, [...lines.values()].flat()));
    return heads.map((head) => ({ ...head, lines: found(lines.get(keyOf(head)), jobs, lineAllocations) }));
  }

  /** The same, without who may bear what is left of a line. */
  async attachBorne(
    tx: EntityManager,
    books: BillBooks,
    heads: readonly CostHead[],
    all: BillBearers,
  ): Promise<BorneCost[]> {
    const lines = await this.linesOf(tx, books, heads, all);
    return heads.map((head) => ({ ...head, lines: found(lines.get(keyOf(head)), all.jobs, lineBearers) }));
  }

  /** Jobs of the customers of these lines, and those that something of a line names. */
  private async jobsFor(
    tx: EntityManager,
    { orgId, realmId, timeZone }: BillBooks,
    lines: readonly KnownLine[],
  ): Promise<CostJobs> {
    const named = namedJobsOf(lines.map(({ facts }) => facts).filter(asksForJobs));
    return this.costJobs.loadNamed(orgId, realmId, timeZone, named, tx);
  }

  /** The lines of each document, with what decides whose they are. */
  private async linesOf(
    tx: EntityManager,
    books: BillBooks,
    heads: readonly CostHead[],
    all: BillParties | undefined,
  ): Promise<ReadonlyMap<string, KnownLine[]>> {
    if (heads.length === 0) return new Map();
    const types = [...new Set(heads.map(({ type }) => type))];
    const places = [books.orgId, books.realmId, types, heads.map(({ qboId }) => qboId)];
    const lines = await this.lines(tx, places);
    const decided = byDocument(await this.allocations(tx, places));
    const named = all ?? (await this.bearers.parties(tx, books, partiesOn(lines)));
    const ofDocument = byDocument(lines);
    return new Map(
      heads.map((head) => {
        const key = keyOf(head);
        return [key, knownLines(head, ofDocument.get(key) ?? [], decided.get(key) ?? [], named)];
      }),
    );
  }

  private async lines(tx: EntityManager, places: readonly unknown[]): Promise<LineRow[]> {
    return tx.query(
      `select x.type, x.qbo_id as "qboId", x.line, x.description, x.cents::float8 as cents,
              case when x.party_kind = 'customer' then x.party_id end as "partyId",
              case when x.party_kind = 'customer' then x.party_name end as "partyName", ${IS_COST} as "isCost"
         from qbo_document_lines x ${accountOfLine('x')} where ${THESE} order by x.type, x.qbo_id, x.line`,
      [...places],
    );
  }

  private async allocations(tx: EntityManager, places: readonly unknown[]): Promise<AllocationRow[]> {
    return tx.query(
      `select x.id, x.type, x.qbo_id as "qboId", x.line, x.proposal_id as "proposalId", x.cents::float8 as cents,
              x.state, 'manual' as basis
         from cost_allocations x where ${THESE} order by x.id`,
      [...places],
    );
  }
}

const UNDECIDED: readonly BillAllocation[] = [];

/** A line as it is shown, and what decides whose it is. */
interface KnownLine {
  shown: Omit<BillLine, 'allocations' | 'candidates'>;
  facts: LineFacts;
}

function knownLines(
  head: CostHead,
  lines: readonly LineRow[],
  decided: readonly AllocationRow[],
  { parties, projects }: BillParties,
): KnownLine[] {
  const sign = costSign(head);
  return lines.map(({ line, description, cents: stored, isCost, partyId, partyName }) => {
    const ours = partyId === null ? undefined : parties.get(partyId);
    const isOwnCustomer = ours?.isOwn ?? false;
    const party = partyId === null ? null : { qboId: partyId, name: partyName, isOwnCustomer };
    const named = { description, customerId: ours?.customerId ?? null, party };
    const cents = sign * stored || 0; // and not -0
    const ofLine = decided.filter((one) => one.line === line).map(allocation);
    const facts = {
      bill: head,
      line: named,
      cents,
      isCost,
      decided: ofLine.length === 0 ? UNDECIDED : ofLine,
      projectOf: (partyId === null ? undefined : projects.get(partyId)) ?? null,
    };
    return { shown: { line, cents, isCost, ...named }, facts };
  });
}

/** The lines with what is found out of the facts of each. */
function found<Found>(
  lines: readonly KnownLine[] | undefined,
  jobs: CostJobs,
  find: (facts: LineFacts, jobs: CostJobs) => Found,
): (KnownLine['shown'] & Found)[] {
  return (lines ?? []).map(({ shown, facts }) => ({ ...shown, ...find(facts, jobs) }));
}

function partiesOn(lines: readonly LineRow[]): string[] {
  return [...new Set(lines.flatMap(({ partyId }) => partyId ?? []))];
}

function allocation({ id, proposalId, cents, basis, state }: AllocationRow): BillAllocation {
  return { id, proposalId, cents, basis, state };
}

function byDocument<Row extends { type: BillType; qboId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, keyOf);
}

function keyOf({ type, qboId }: { type: BillType; qboId: string }): string {
  return `${type}:${qboId}`;
}
