import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each QuickBooks company is looked at next, up to which instant of its own time its changes are known, and who is at it. */
export class CompanySweeps1764115200008 implements MigrationInterface {
  readonly name = 'CompanySweeps1764115200008';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_sweeps (
        org_id integer not null,
        realm_id text not null,
        next_sweep_at timestamptz not null,
        changed_since timestamptz,
        lease_token bigint not null default 0,
        lease_until timestamptz,
        last_started_at timestamptz,
        last_succeeded_at timestamptz,
        last_error text,
        constraint qbo_sweeps_pkey primary key (org_id),
        constraint qbo_sweeps_org_fkey foreign key (org_id) references orgs (id)
      )`);
    await db.query('create index qbo_sweeps_due_idx on qbo_sweeps (next_sweep_at)');
    await db.query(`
      create index leads_qbo_open_idx on leads (org_id, id)
        where qbo_invoice_id is not null and qbo_state is distinct from 'deleted'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index leads_qbo_open_idx');
    await db.query('drop table qbo_sweeps');
  }
}
