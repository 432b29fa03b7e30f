import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LEVELS_MAX } from '../../customers/customer-parents-sql.js';
import { LINKED_COMPANY, unlinkedRecords } from '../../customers/unlinked-records.js';
import type { BillBooks, JobClues } from '../bill.js';
import { CostJobsRepository } from './cost-jobs.repository.js';
import type { CostJobs } from './job-candidates.js';
import { sitePattern } from './job-evidence.js';

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

/** Customers of QuickBooks that are a customer's of ours by a link into the company $2. */
const LINKED = `
  select c.qbo_customer_id::text as qbo_id, c.id from customers c
   where c.org_id = $1 and ${LINKED_COMPANY} = $2 and c.qbo_customer_id is not null
   union all
  select x.qbo_customer_id, x.customer_id from customer_currency_links x
   where x.org_id = $1 and x.realm_id = $2`;

/** The same, and those that nothing links any more. */
const LINKED_OR_NOT = `${LINKED}
   union all
  select r.qbo_id, r.customer_id from (${unlinkedRecords((realmId) => `${realmId} = $2`)}) r`;

/** Another company than $2 is connected, or was: links do not say all then. */
const HAD_ANOTHER = `
  select $2 is distinct from (select t.realm_id from qbo_tokens t where t.org_id = $1)
      or exists (select from qbo_customers q where q.org_id = $1 and q.realm_id < $2)
      or exists (select from qbo_customers q where q.org_id = $1 and q.realm_id > $2) as "hadAnother"`;

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

  /** Which customers of QuickBooks are ours, as SQL: mostly there was one company, and links say it all. */
  private async ours(tx: EntityManager, orgId: number, realmId: string): Promise<string> {
    const [row] = await tx.query<{ hadAnother: boolean }[]>(HAD_ANOTHER, [orgId, realmId]);
    return row!.hadAnother ? LINKED_OR_NOT : LINKED;
  }

  /** Customers of QuickBooks that are ours, or of which one above them is; of one customer alone where it is named. */
  private async below(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    customerId: number | null,
  ): Promise<ReadonlyMap<string, PartyRow>> {
    const rows = await tx.query<PartyRow[]>(
      `with recursive ours as (${await this.ours(tx, orgId, realmId)}),
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
      `with recursive ours as (${await this.ours(tx, orgId, realmId)}),
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
