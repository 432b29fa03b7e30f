import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was looked at last in the connected company of an organisation, and what was found. */
export class Preflight1788912000038 implements MigrationInterface {
  readonly name = 'Preflight1788912000038';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table preflights (
        org_id integer not null,
        realm_id text not null,
        checked_at timestamptz not null,
        reads integer not null,
        checks jsonb not null,
        constraint preflights_pkey primary key (org_id),
        constraint preflights_org_fkey foreign key (org_id) references orgs (id)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table preflights');
  }
}
