import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CostJobs } from './job-candidates.js';
import type { CostJob } from './job-evidence.js';

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
  constructor(private readonly dataSource: DataSource) {}

  /** Days of approval are those of the time zone. */
  async load(
    orgId: number,
    realmId: string,
    timeZone: string,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<CostJobs> {
    const jobs = await tx.query<CostJob[]>(
      `select k.proposal_id as "proposalId", k.customer_id as "customerId", p.name,
              nullif(concat_ws(' ', p.site_address ->> 'line1', p.site_address ->> 'city'), '') as site,
              (k.approved_at at time zone $2)::date::text as "approvedOn", k.completed_on::text as "completedOn",
              p.status <> 'cancelled' as "isLive"
         from contracts k join leads p on p.org_id = k.org_id and p.id = k.proposal_id
        where k.org_id = $1`,
      [orgId, timeZone],
    );
    const vendors = await tx.query<{ vendorId: string; proposals: number[] }[]>(
      `select d.party_id as "vendorId", array_agg(distinct a.proposal_id) as proposals
         from cost_allocations a
         join qbo_documents d on d.org_id = a.org_id and d.realm_id = a.realm_id and d.type = a.type
                             and d.qbo_id = a.qbo_id
        where a.org_id = $1 and a.realm_id = $2 and a.state = 'accepted' and d.party_id is not null
        group by d.party_id`,
      [orgId, realmId],
    );
    return new CostJobs(jobs, new Map(vendors.map((one) => [one.vendorId, new Set(one.proposals)])));
  }

  /** True where a proposal has a contract, cancelled or not: costs are borne by contracts. */
  async isJob(tx: EntityManager, orgId: number, proposalId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>('select from contracts where org_id = $1 and proposal_id = $2', [
      orgId,
      proposalId,
    ]);
    return rows.length > 0;
  }

  /** By the id of the sub-customer or project in QuickBooks. */
  async listProjects(
    orgId: number,
    realmId: string,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ qboCustomerId: string; proposalId: number }[]>(
      `select qbo_customer_id as "qboCustomerId", proposal_id as "proposalId" from cost_projects
        where org_id = $1 and realm_id = $2`,
      [orgId, realmId],
    );
    return new Map(rows.map(({ qboCustomerId, proposalId }) => [qboCustomerId, proposalId]));
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
