import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BillBooks, JobClues } from './bill.js';
import { CostJobsRepository } from './cost-jobs.repository.js';
import type { CostJobs } from './job-candidates.js';
import { sitePattern } from './job-evidence.js';

/** A sub-customer of QuickBooks is at most so far below its customer. */
const LEVELS_MAX = 5;

/** A customer of ours behind a customer of QuickBooks: itself, or the one that it is a sub-customer of. */
export interface PartyRow {
  qboId: string;
  customerId: number;
  isOwn: boolean;
}

/** Whose the customers and projects on lines are. */
export interface BillParties {
  parties: ReadonlyMap<string, PartyRow>;
  projects: ReadonlyMap<string, number>;
}

/** Who may bear costs of a company: the same for each of them. */
export interface BillBearers extends BillParties {
  jobs: CostJobs;
}

/**
 * Customers of QuickBooks that are a customer's of ours. Links are those of the connected company; of one that was
 * connected before, what was made in it and what was billed there say whose they were.
 */
const OURS = `made_before as (
  select o.qbo_id, o.entity_id as id from sync_operations o
   where o.org_id = $1 and o.realm_id = $2 and o.kind = 'customer.create' and o.state = 'done'
   union
  select o.payload ->> 'customerId', l.customer_id
    from sync_operations o join leads l on l.org_id = o.org_id and l.id = o.proposal_id
   where o.org_id = $1 and o.realm_id = $2 and o.kind = 'invoice.create' and o.state = 'done'
     and l.customer_id is not null),
ours as (
  select c.qbo_customer_id::text as qbo_id, c.id from customers c
   where c.org_id = $1 and coalesce(c.qbo_realm_id, $2) = $2 and c.qbo_customer_id is not null
   union all
  select x.qbo_customer_id, x.customer_id from customer_currency_links x
   where x.org_id = $1 and x.realm_id = $2
   union all
  select m.qbo_id, m.id from made_before m
   where m.qbo_id is not null and $2 <> (select t.realm_id from qbo_tokens t where t.org_id = $1))`;

/** Who may bear the costs of a company. Reads only. */
@Injectable()
export class BillBearersRepository {
  constructor(private readonly costJobs: CostJobsRepository) {}

  /** Everybody, for whoever looks at many costs. */
  async all(tx: EntityManager, { orgId, realmId, timeZone }: BillBooks): Promise<BillBearers> {
    return {
      parties: await this.below(tx, orgId, realmId, null),
      projects: await this.costJobs.listProjects(orgId, realmId, tx),
      jobs: await this.costJobs.load(orgId, realmId, timeZone, tx),
    };
  }

  /** Of these customers of QuickBooks alone. */
  async parties(
    tx: EntityManager,
    { orgId, realmId }: BillBooks,
    qboIds: readonly string[],
  ): Promise<BillParties> {
    if (qboIds.length === 0) return { parties: new Map(), projects: new Map() };
    return {
      parties: await this.above(tx, orgId, realmId, qboIds),
      projects: await this.costJobs.listProjects(orgId, realmId, tx, qboIds),
    };
  }

  /** What a cost may name the job by. A job that is not live is found by what people decided alone. */
  async clues(tx: EntityManager, books: BillBooks, proposalId: number): Promise<JobClues> {
    const { orgId, realmId, timeZone } = books;
    const found = await this.costJobs.find(tx, orgId, timeZone, proposalId);
    const job = found?.isLive ? found : null;
    const own = await this.costJobs.listProjectsOf(tx, orgId, realmId, proposalId);
    return {
      proposalId,
      parties: [...own, ...(await this.partiesOf(tx, books, job?.customerId ?? null))],
      vendors: await this.costJobs.listVendors(tx, orgId, realmId, proposalId),
      pattern: job && sitePattern(job),
    };
  }

  /** Customers and sub-customers in QuickBooks behind which this customer is; another may be nearer to one below it. */
  private async partiesOf(
    tx: EntityManager,
    books: BillBooks,
    customerId: number | null,
  ): Promise<readonly string[]> {
    if (customerId === null) return [];
    const below = await this.below(tx, books.orgId, books.realmId, customerId);
    if (below.size === 0) return [];
    const parties = await this.above(tx, books.orgId, books.realmId, [...below.keys()]);
    return [...parties.values()].filter((one) => one.customerId === customerId).map(({ qboId }) => qboId);
  }

  /** Customers of QuickBooks that are ours, or of which one above them is; of one customer alone where it is named. */
  private async below(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    customerId: number | null,
  ): Promise<ReadonlyMap<string, PartyRow>> {
    const rows = await tx.query<PartyRow[]>(
      `with recursive ${OURS},
       below as (
         select o.qbo_id, o.id, 0 as depth from ours o where $3::int is null or o.id = $3
          union all
         select m.qbo_id, b.id, b.depth + 1
           from below b join qbo_customers m on m.org_id = $1 and m.realm_id = $2 and m.parent_id = b.qbo_id
          where b.depth < ${LEVELS_MAX})
       select distinct on (b.qbo_id) b.qbo_id as "qboId", b.id as "customerId", b.depth = 0 as "isOwn"
         from below b order by b.qbo_id, b.depth, b.id`,
      [orgId, realmId, customerId],
    );
    return new Map(rows.map((row) => [row.qboId, row]));
  }

  /** The same of these customers of QuickBooks, from each of them up to the nearest that is ours. */
  private async above(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    qboIds: readonly string[],
  ): Promise<ReadonlyMap<string, PartyRow>> {
    const rows = await tx.query<PartyRow[]>(
      `with recursive ${OURS},
       above as (
         select asked.id as qbo_id, asked.id as at, 0 as depth from unnest($3::text[]) as asked(id)
          union all
         select a.qbo_id, m.parent_id, a.depth + 1
           from above a join qbo_customers m on m.org_id = $1 and m.realm_id = $2 and m.qbo_id = a.at
          where a.depth < ${LEVELS_MAX} and m.parent_id is not null)
       select distinct on (a.qbo_id) a.qbo_id as "qboId", o.id as "customerId", a.depth = 0 as "isOwn"
         from above a join ours o on o.qbo_id = a.at order by a.qbo_id, a.depth, o.id`,
      [orgId, realmId, qboIds],
    );
    return new Map(rows.map((row) => [row.qboId, row]));
  }
}
