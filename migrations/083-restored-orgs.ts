import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the database was restored is known of every organisation: one whose first company was connected after the backup
 * has no connection in it. The column of `qbo_tokens` stays for the version before, while both run.
 */
export class RestoredOrgs1792800000083 implements MigrationInterface {
  readonly name = 'RestoredOrgs1792800000083';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table orgs add column restored_at timestamptz');
    await db.query('update orgs o set restored_at = t.restored_at from qbo_tokens t where t.org_id = o.id');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table orgs drop column restored_at');
  }
}
