import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type Bill,
  type BillAllocation,
  type BillLine,
  type BillType,
  type BorneCost,
  type CostHead,
  costSign,
} from './bill.js';
import { CostJobsRepository } from './cost-jobs.repository.js';
import type { CostJobs } from './job-candidates.js';
import { lineAllocations, lineBearers, type LineFacts } from './line-allocations.js';

/** A sub-customer of QuickBooks is at most so far below its customer. */
const LEVELS_MAX = 5;

export type BillHead = Omit<Bill, 'lines'>;

/** The books that costs are in, and whose days they have. */
export interface BillBooks {
  orgId: number;
  realmId: string;
  homeCurrency: string;
  timeZone: string;
}

/** Who may bear costs of a company: the same for each of them. */
export interface BillBearers {
  parties: ReadonlyMap<string, PartyRow>;
  projects: ReadonlyMap<string, number>;
  jobs: CostJobs;
}

interface LineRow {
  type: BillType;
  qboId: string;
  line: number;
  description: string | null;
  /** As the document has it, whether it costs or gives back. */
  cents: number;
  partyId: string | null;
  partyName: string | null;
}
type AllocationRow = BillAllocation & { type: BillType; qboId: string; line: number };
/** A customer of ours behind a customer of QuickBooks: itself, or the one that it is a sub-customer of. */
export interface PartyRow {
  qboId: string;
  customerId: number;
  isOwn: boolean;
}

/** Documents of some types with some ids, those looked for among them: one pass over the index. */
const THESE =
  'x.org_id = $1 and x.realm_id = $2 and x.type = any ($3::text[]) and x.qbo_id = any ($4::text[])';

/** The lines of costs, each with the jobs that bear it or may. Reads only. */
@Injectable()
export class BillLinesRepository {
  constructor(private readonly costJobs: CostJobsRepository) {}

  async bearers(tx: EntityManager, { orgId, realmId, timeZone }: BillBooks): Promise<BillBearers> {
    return {
      parties: await this.parties(tx, orgId, realmId),
      projects: await this.costJobs.listProjects(orgId, realmId, tx),
      jobs: await this.costJobs.load(orgId, realmId, timeZone, tx),
    };
  }

  /** Gives each of these bills its lines. */
  async attach(
    tx: EntityManager,
    books: BillBooks,
    heads: readonly BillHead[],
    bearers: BillBearers,
  ): Promise<Bill[]> {
    const parts = await this.partsOf(tx, books, heads, bearers);
    return heads.map((head) => ({ ...head, lines: linesOf(head, parts, lineAllocations) }));
  }

  /** The same, without who may bear what is left of a line. */
  async attachBorne(
    tx: EntityManager,
    books: BillBooks,
    heads: readonly CostHead[],
    bearers: BillBearers,
  ): Promise<BorneCost[]> {
    const parts = await this.partsOf(tx, books, heads, bearers);
    return heads.map((head) => ({ ...head, lines: linesOf(head, parts, lineBearers) }));
  }

  private async partsOf(
    tx: EntityManager,
    { orgId, realmId }: BillBooks,
    heads: readonly CostHead[],
    bearers: BillBearers,
  ): Promise<BillParts> {
    if (heads.length === 0) return { lines: new Map(), decided: new Map(), ...bearers };
    const types = [...new Set(heads.map(({ type }) => type))];
    const places = [orgId, realmId, types, heads.map(({ qboId }) => qboId)];
    const lines = byDocument(await this.lines(tx, places));
    return { lines, decided: byDocument(await this.allocations(tx, places)), ...bearers };
  }

  private async lines(tx: EntityManager, places: readonly unknown[]): Promise<LineRow[]> {
    return tx.query(
      `select x.type, x.qbo_id as "qboId", x.line, x.description, x.cents::float8 as cents,
              case when x.party_kind = 'customer' then x.party_id end as "partyId",
              case when x.party_kind = 'customer' then x.party_name end as "partyName"
         from qbo_document_lines x where ${THESE} order by x.type, x.qbo_id, x.line`,
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

  /** Customers of QuickBooks that are ours, or of which one above them is. */
  private async parties(
    tx: EntityManager,
    orgId: number,
    realmId: string,
  ): Promise<ReadonlyMap<string, PartyRow>> {
    const rows = await tx.query<PartyRow[]>(
      `with recursive ours as (
         select c.qbo_customer_id::text as qbo_id, c.id from customers c
          where c.org_id = $1 and coalesce(c.qbo_realm_id, $2) = $2 and c.qbo_customer_id is not null
          union all
         select x.qbo_customer_id, x.customer_id from customer_currency_links x
          where x.org_id = $1 and x.realm_id = $2),
       below as (
         select o.qbo_id, o.id, 0 as depth from ours o
          union all
         select m.qbo_id, b.id, b.depth + 1
           from below b join qbo_customers m on m.org_id = $1 and m.realm_id = $2 and m.parent_id = b.qbo_id
          where b.depth < ${LEVELS_MAX})
       select distinct on (b.qbo_id) b.qbo_id as "qboId", b.id as "customerId", b.depth = 0 as "isOwn"
         from below b order by b.qbo_id, b.depth, b.id`,
      [orgId, realmId],
    );
    return new Map(rows.map((row) => [row.qboId, row]));
  }
}

const UNDECIDED: readonly BillAllocation[] = [];

interface BillParts extends BillBearers {
  lines: ReadonlyMap<string, LineRow[]>;
  decided: ReadonlyMap<string, AllocationRow[]>;
}

/** The lines of a cost, with what is found out of the facts of each. */
function linesOf<Found>(
  head: CostHead,
  { lines, decided, parties, projects, jobs }: BillParts,
  find: (facts: LineFacts, jobs: CostJobs) => Found,
): (Omit<BillLine, 'allocations' | 'candidates'> & Found)[] {
  const key = keyOf(head);
  const sign = costSign(head);
  const decisions = decided.get(key);
  return (lines.get(key) ?? []).map(({ line, description, cents: stored, partyId, partyName }) => {
    const ours = partyId === null ? undefined : parties.get(partyId);
    const isOwnCustomer = ours?.isOwn ?? false;
    const party = partyId === null ? null : { qboId: partyId, name: partyName, isOwnCustomer };
    const named = { description, customerId: ours?.customerId ?? null, party };
    const cents = sign * stored || 0; // and not -0
    const facts = {
      bill: head,
      line: named,
      cents,
      decided: decisions?.filter((one) => one.line === line).map(allocation) ?? UNDECIDED,
      projectOf: (partyId === null ? undefined : projects.get(partyId)) ?? null,
    };
    return { line, cents, ...named, ...find(facts, jobs) };
  });
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
