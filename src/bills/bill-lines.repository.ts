import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Bill, BillAllocation, BillLine, BillType } from './bill.js';
import { CostJobsRepository } from './cost-jobs.repository.js';
import type { CostJobs } from './job-candidates.js';
import { lineAllocations } from './line-allocations.js';

/** A sub-customer of QuickBooks is at most so far below its customer. */
const LEVELS_MAX = 5;

export interface BillFilter {
  type?: BillType;
  qboId?: string;
  vendor?: string;
  proposalId?: number;
  /** With a line that is proposed to a job, or of which no job bears a part. */
  allocation?: 'proposed' | 'missing';
}

export type BillHead = Omit<Bill, 'lines'>;
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
interface PartyRow {
  qboId: string;
  customerId: number;
  isOwn: boolean;
}

/** The lines of costs, each with the jobs that bear it or may. Reads only. */
@Injectable()
export class BillLinesRepository {
  constructor(private readonly costJobs: CostJobsRepository) {}

  /** What gives each bill that fits its lines. */
  async load(
    tx: EntityManager,
    { orgId, realmId, timeZone }: { orgId: number; realmId: string; timeZone: string },
    filter: BillFilter,
  ): Promise<(head: BillHead) => Bill> {
    const parts: BillParts = {
      lines: byDocument(await this.lines(tx, orgId, realmId, filter)),
      decided: byDocument(await this.allocations(tx, orgId, realmId, filter)),
      parties: await this.parties(tx, orgId, realmId, filter),
      projects: await this.costJobs.listProjects(orgId, realmId, tx),
      jobs: await this.costJobs.load(orgId, realmId, timeZone, tx),
    };
    return (head) => withLines(head, parts);
  }

  private async lines(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    { type, qboId }: BillFilter,
  ): Promise<LineRow[]> {
    return tx.query(
      `select l.type, l.qbo_id as "qboId", l.line, l.description,
              (case when d.type = 'VendorCredit' or d.refund then -l.cents else l.cents end)::float8 as cents,
              case when l.party_kind = 'customer' then l.party_id end as "partyId",
              case when l.party_kind = 'customer' then l.party_name end as "partyName"
         from qbo_document_lines l
         join qbo_documents d using (org_id, realm_id, type, qbo_id)
        where l.org_id = $1 and l.realm_id = $2 and l.type in ('Bill', 'VendorCredit', 'Purchase')
          and ($3::text is null or l.type = $3) and ($4::text is null or l.qbo_id = $4)
        order by l.type, l.qbo_id, l.line`,
      [orgId, realmId, type, qboId],
    );
  }

  private async allocations(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    { type, qboId }: BillFilter,
  ): Promise<AllocationRow[]> {
    return tx.query(
      `select id, type, qbo_id as "qboId", line, proposal_id as "proposalId", cents::float8 as cents, state,
              'manual' as basis
         from cost_allocations
        where org_id = $1 and realm_id = $2 and ($3::text is null or type = $3) and ($4::text is null or qbo_id = $4)
        order by id`,
      [orgId, realmId, type, qboId],
    );
  }

  /** Customers of QuickBooks on lines of costs that are ours, or of which one above them is. */
  private async parties(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    { type, qboId }: BillFilter,
  ): Promise<ReadonlyMap<string, PartyRow>> {
    const rows = await tx.query<PartyRow[]>(
      `with recursive above as (
         select l.party_id as leaf, l.party_id as id, 0 as depth
           from qbo_document_lines l
          where l.org_id = $1 and l.realm_id = $2 and l.type in ('Bill', 'VendorCredit', 'Purchase')
            and l.party_kind = 'customer' and ($3::text is null or l.type = $3)
            and ($4::text is null or l.qbo_id = $4)
          group by l.party_id
          union all
         select a.leaf, m.parent_id, a.depth + 1
           from above a join qbo_customers m on m.org_id = $1 and m.realm_id = $2 and m.qbo_id = a.id
          where m.parent_id is not null and a.depth < ${LEVELS_MAX}),
       ours as (
         select c.qbo_customer_id as qbo_id, c.id from customers c
          where c.org_id = $1 and coalesce(c.qbo_realm_id, $2) = $2 and c.qbo_customer_id is not null
          union all
         select x.qbo_customer_id, x.customer_id from customer_currency_links x
          where x.org_id = $1 and x.realm_id = $2)
       select distinct on (a.leaf) a.leaf as "qboId", o.id as "customerId", a.depth = 0 as "isOwn"
         from above a join ours o on o.qbo_id = a.id
        order by a.leaf, a.depth, o.id`,
      [orgId, realmId, type, qboId],
    );
    return new Map(rows.map((row) => [row.qboId, row]));
  }
}

interface BillParts {
  lines: ReadonlyMap<string, LineRow[]>;
  decided: ReadonlyMap<string, AllocationRow[]>;
  parties: ReadonlyMap<string, PartyRow>;
  projects: ReadonlyMap<string, number>;
  jobs: CostJobs;
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
