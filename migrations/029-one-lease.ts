import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that were held by a time alone get a lease with a token; the refresh of tokens gets one like all others. */
const LEASES: readonly [table: string, prefix: string][] = [
  ['alert_messages', 'lease'],
  ['inbox_items', 'retry_lease'],
  ['portal_links', 'email_lease'],
];

/**
 * Every row that stands for work is held in the same way: a token that grows with each holder, and until when it is held
 * by the database's clock. Whoever holds a row while this runs loses it and finds that out with its next write.
 */
export class OneLease1787702400029 implements MigrationInterface {
  readonly name = 'OneLease1787702400029';

  async up(db: QueryRunner): Promise<void> {
    for (const [table, prefix] of LEASES) {
      await db.query(`
        alter table ${table}
          add column ${prefix}_token bigint not null default 0,
          add column ${prefix}_until timestamptz`);
    }
    await db.query(`
      alter table qbo_tokens
        drop column refresh_lease,
        add column refresh_lease_token bigint not null default 0`);
    await db.query('update qbo_tokens set refresh_lease_until = null');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('update qbo_tokens set refresh_lease_until = null');
    await db.query('alter table qbo_tokens drop column refresh_lease_token, add column refresh_lease text');
    for (const [table, prefix] of LEASES) {
      await db.query(`alter table ${table} drop column ${prefix}_token, drop column ${prefix}_until`);
    }
  }
}
