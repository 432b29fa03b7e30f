import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which job a sub-customer or project of QuickBooks is, as a person decided: every cost under its name is of it. */
export class CostProjects1790035200051 implements MigrationInterface {
  readonly name = 'CostProjects1790035200051';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table cost_projects (
        org_id integer not null,
        realm_id text not null,
        qbo_customer_id text not null,
        proposal_id integer not null,
        decided_by integer,
        decided_at timestamptz not null,
        constraint cost_projects_pkey primary key (org_id, realm_id, qbo_customer_id),
        constraint cost_projects_proposal_fkey foreign key (org_id, proposal_id) references leads (org_id, id)
      )`);
    await db.query(`create index cost_projects_proposal_idx on cost_projects (org_id, proposal_id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table cost_projects');
  }
}
