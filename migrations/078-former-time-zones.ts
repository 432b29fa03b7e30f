import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happened before an organisation's time zone was changed keeps its day: until when it had which zone. */
export class FormerTimeZones1792368000078 implements MigrationInterface {
  readonly name = 'FormerTimeZones1792368000078';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table org_settings add column former_time_zones jsonb not null default '[]'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table org_settings drop column former_time_zones');
  }
}
