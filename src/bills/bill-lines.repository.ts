import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Bill, BillAllocation, BillLine, BillType } from './bill.js';
import { CostJobsRepository } from './cost-jobs.repository.js';
import type { CostJobs } from './job-candidates.js';
import { lineAllocations } from './line-allocations.js';

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

/** Which documents: the types and ids of some, one beside the other. */
const THESE = `(x.type, x.qbo_id) in (select * from unnest($3::text[], $4::text[]))`;

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
    { orgId, realmId }: BillBooks,
    heads: readonly BillHead[],
    bearers: BillBearers,
  ): Promise<Bill[]> {
    if (heads.length === 0) return [];
    const places = [orgId, realmId, heads.map(({ type }) => type), heads.map(({ qboId }) => qboId)];
    const lines = byDocument(await this.lines(tx, places));
    const decided = byDocument(await this.allocations(tx, places));
    return heads.map((head) => withLines(head, { lines, decided, ...bearers }));
  }

  private async lines(tx: EntityManager, places: readonly unknown[]): Promise<LineRow[]> {
    return tx.query(
      `select x.type, x.qbo_id as "qboId", x.line, x.description,
              (case when d.type = 'VendorCredit' or d.refund then -x.cents else x.cents end)::float8 as cents,
              case when x.party_kind = 'customer' then x.party_id end as "partyId",
              case when x.party_kind = 'customer' then x.party_name end as "partyName"
         from qbo_document_lines x
         join qbo_documents d using (org_id, realm_id, type, qbo_id)
        where x.org_id = $1 and x.realm_id = $2 and ${THESE}
        order by x.type, x.qbo_id, x.line`,
      [...places],
    );
  }

  private async allocations(tx: EntityManager, places: readonly unknown[]): Promise<AllocationRow[]> {
    return tx.query(
      `select x.id, x.type, x.qbo_id as "qboId", x.line, x.proposal_id as "proposalId", x.cents::float8 as cents,
              x.state, 'manual' as basis
         from cost_allocations x where x.org_id = $1 and x.realm_id = $2 and ${THESE} order by x.id`,
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

interface BillParts extends BillBearers {
  lines: ReadonlyMap<string, LineRow[]>;
  decided: ReadonlyMap<string, AllocationRow[]>;
}

function withLines(head: BillHead, { lines, decided, parties, projects, jobs }: BillParts): Bill {
  const key = `${head.type}:${head.qboId}`;
  const own = (lines.get(key) ?? []).map(({ line, description, cents, partyId, partyName }): BillLine => {
    const ours = partyId === null ? undefined : parties.get(partyId);
    const isOwnCustomer = ours?.isOwn ?? false;
    const party = partyId === null ? null : { qboId: partyId, name: partyName, isOwnCustomer };
    const named = { description, customerId: ours?.customerId ?? null, party };
    const facts = {
      bill: head,
      line: named,
      cents,
      decided: (decided.get(key) ?? []).filter((one) => one.line === line).map(allocation),
      projectOf: (partyId === null ? undefined : projects.get(partyId)) ?? null,
    };
    return { line, cents, ...named, ...lineAllocations(facts, jobs) };
  });
  return { ...head, lines: own };
}

function allocation({ id, proposalId, cents, basis, state }: AllocationRow): BillAllocation {
  return { id, proposalId, cents, basis, state };
}

function byDocument<Row extends { type: BillType; qboId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ({ type, qboId }) => `${type}:${qboId}`);
}
