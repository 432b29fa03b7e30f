import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each contract earned is summed for every margin, and is one of fifteen events. */
export class EarnedByContract1791244800065 implements MigrationInterface {
  readonly name = 'EarnedByContract1791244800065';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `create index revenue_events_earned_idx on revenue_events (org_id, contract_id) include (posted_on, cents)
        where kind = 'earned'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index revenue_events_earned_idx');
  }
}
