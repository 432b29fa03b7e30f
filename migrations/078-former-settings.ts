import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an organisation had set before. What happened before its time zone was changed keeps its day: until when it had
 * which. Ids of records in QuickBooks are those of one company: they are back with it when it is connected again.
 */
export class FormerSettings1792368000078 implements MigrationInterface {
  readonly name = 'FormerSettings1792368000078';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table org_settings
        add column former_time_zones jsonb not null default '[]',
        add column former_codings jsonb not null default '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table org_settings drop column former_codings, drop column former_time_zones');
  }
}
