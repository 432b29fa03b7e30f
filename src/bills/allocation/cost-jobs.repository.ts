import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { CostJobs } from './job-candidates.js';
import { type CostJob, housesPattern } from './job-evidence.js';
import type { NamedJobs } from './named-jobs.js';

/** From so many house numbers on it takes PostgreSQL longer to look for them than to send all jobs. */
const HOUSES_MAX = 4;
const WORDS = `concat_ws(' ', p.name, p.site_address ->> 'line1', p.site_address ->> 'city')`;
/** Where a job's site is written down, composed as a cost's text is; most texts have nothing to compose. */
const SITE_TEXT = `case when octet_length(${WORDS}) = char_length(${WORDS}) then ${WORDS}
  else normalize(${WORDS}, NFKD) end`;

/** Which job a sub-customer or project of QuickBooks is, as a person said. */
export interface CostProject {
  orgId: number;
  realmId: string;
  qboCustomerId: string;
  proposalId: number;
}

/** The jobs that costs can be of, and what ties QuickBooks' projects to them. */
@Injectable()
export class CostJobsRepository {
  /** All there are. Days of approval are those of the time zone. */
  async load(orgId: number, realmId: string, timeZone: string, tx: EntityManager): Promise<CostJobs> {
    return new CostJobs(
      await this.jobs(tx, orgId, timeZone, 'true'),
      await this.ofVendors(tx, orgId, realmId, 'd.party_id is not null'),
    );
  }

  /** Those that costs can be of which name them by no more than this. */
  async loadNamed(
    orgId: number,
    realmId: string,
    timeZone: string,
    { numbers, houses, customers, vendors }: NamedJobs,
    tx: EntityManager,
  ): Promise<CostJobs> {
    if (houses.size > HOUSES_MAX) return this.load(orgId, realmId, timeZone, tx);
    const ofVendors =
      vendors.size === 0
        ? new Map<string, ReadonlySet<number>>()
        : await this.ofVendors(tx, orgId, realmId, 'd.party_id = any($3::text[])', [...vendors]);
    const ids = [...numbers, ...[...ofVendors.values()].flatMap((ofVendor) => [...ofVendor])];
    if (ids.length + customers.size + houses.size === 0) return new CostJobs([], ofVendors);
    const isNamed = ['k.proposal_id = any($3::int[])', 'k.customer_id = any($4::int[])'];
    const pattern = houses.size === 0 ? [] : [housesPattern(houses)];
    if (pattern.length > 0) isNamed.push(`${SITE_TEXT} ~* $5`);
    const values = [ids, [...customers], ...pattern];
    return new CostJobs(await this.jobs(tx, orgId, timeZone, isNamed.join(' or '), values), ofVendors);
  }

  /** One job, live or not; null for a proposal without a contract. */
  async find(
    tx: EntityManager,
    orgId: number,
    timeZone: string,
    proposalId: number,
  ): Promise<CostJob | null> {
    const [job] = await this.jobs(tx, orgId, timeZone, 'k.proposal_id = $3', [proposalId]);
    return job ?? null;
  }

  /** Vendors of whom a job bears a cost by a person's decision. */
  async listVendors(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    proposalId: number,
  ): Promise<string[]> {
    const isIts = 'd.party_id is not null and a.proposal_id = $3';
    return [...(await this.ofVendors(tx, orgId, realmId, isIts, proposalId)).keys()];
  }

  private async jobs(
    tx: EntityManager,
    orgId: number,
    timeZone: string,
    condition: string,
    values: readonly unknown[] = [],
  ): Promise<CostJob[]> {
    return tx.query(
      `select k.proposal_id as "proposalId", k.customer_id as "customerId", p.name,
              nullif(concat_ws(' ', p.site_address ->> 'line1', p.site_address ->> 'city'), '') as site,
              ${dayOfOrgSql('k.approved_at', '$2')}::text as "approvedOn", k.completed_on::text as "completedOn",
              p.status <> 'cancelled' as "isLive"
         from contracts k join leads p on p.org_id = k.org_id and p.id = k.proposal_id
        where k.org_id = $1 and (${condition})`,
      [orgId, timeZone, ...values],
    );
  }

  /** Jobs that bear costs by a person's decision, by the vendor. */
  private async ofVendors(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    condition: string,
    ...values: readonly unknown[]
  ): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
    const rows = await tx.query<{ vendorId: string; proposals: number[] }[]>(
      `select d.party_id as "vendorId", array_agg(distinct a.proposal_id) as proposals
         from cost_allocations a
         join qbo_documents d on d.org_id = a.org_id and d.realm_id = a.realm_id and d.type = a.type
                             and d.qbo_id = a.qbo_id
        where a.org_id = $1 and a.realm_id = $2 and a.state = 'accepted' and ${condition}
        group by d.party_id`,
      [orgId, realmId, ...values],
    );
    return new Map(rows.map((one) => [one.vendorId, new Set(one.proposals)]));
  }

  /** True where a proposal has a contract, cancelled or not: costs are borne by contracts. */
  async isJob(tx: EntityManager, orgId: number, proposalId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>('select from contracts where org_id = $1 and proposal_id = $2', [
      orgId,
      proposalId,
    ]);
    return rows.length > 0;
  }

  /** By the id of the sub-customer or project in QuickBooks; with ids, of those alone. */
  async listProjects(
    orgId: number,
    realmId: string,
    tx: EntityManager,
    ids: readonly string[] | null = null,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ qboCustomerId: string; proposalId: number }[]>(
      `select qbo_customer_id as "qboCustomerId", proposal_id as "proposalId" from cost_projects
        where org_id = $1 and realm_id = $2 and ($3::text[] is null or qbo_customer_id = any($3))`,
      [orgId, realmId, ids],
    );
    return new Map(rows.map(({ qboCustomerId, proposalId }) => [qboCustomerId, proposalId]));
  }

  /** The sub-customers and projects in QuickBooks that a person gave to a job. */
  async listProjectsOf(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    proposalId: number,
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_customer_id as id from cost_projects where org_id = $1 and realm_id = $2 and proposal_id = $3`,
      [orgId, realmId, proposalId],
    );
    return rows.map(({ id }) => id);
  }

  async saveProject(
    tx: EntityManager,
    { orgId, realmId, qboCustomerId, proposalId }: CostProject,
    decision: { by: number; at: Date },
  ): Promise<void> {
    await tx.query(
      `insert into cost_projects (org_id, realm_id, qbo_customer_id, proposal_id, decided_by, decided_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict on constraint cost_projects_pkey do update
          set proposal_id = excluded.proposal_id, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
      [orgId, realmId, qboCustomerId, proposalId, decision.by, decision.at],
    );
  }

  async removeProject(
    tx: EntityManager,
    { orgId, realmId, qboCustomerId }: Omit<CostProject, 'proposalId'>,
  ): Promise<void> {
    await tx.query('delete from cost_projects where org_id = $1 and realm_id = $2 and qbo_customer_id = $3', [
      orgId,
      realmId,
      qboCustomerId,
    ]);
  }
}
