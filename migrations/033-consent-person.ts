import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A consent ends with the sign-ins of whoever began it, and says later why it failed. Consents last ten minutes: those
 * that are under way during the upgrade are begun anew.
 */
export class ConsentPerson1788480000033 implements MigrationInterface {
  readonly name = 'ConsentPerson1788480000033';

  async up(db: QueryRunner): Promise<void> {
    await db.query('delete from qbo_oauth_states where browser_hash is null');
    await db.query(`
      alter table qbo_oauth_states
        alter column browser_hash set not null,
        add column token_epoch integer not null default 0,
        add column failure jsonb`);
    await db.query(`
      update qbo_oauth_states s set token_epoch = u.token_epoch from users u where u.id = s.user_id`);
    await db.query('alter table qbo_oauth_states alter column token_epoch drop default');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table qbo_oauth_states
        alter column browser_hash drop not null,
        drop column token_epoch,
        drop column failure`);
  }
}
