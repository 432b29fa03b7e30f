import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The day up to which QuickBooks' own books are closed is kept with what is known of the company, and a closing keeps
 * what its pack said beside the figures: receivables by age, versions and what was open.
 */
export class ClosingDays1789776000048 implements MigrationInterface {
  readonly name = 'ClosingDays1789776000048';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table company_books add column closed_through date');
    await db.query(`alter table period_closings add column header jsonb not null default '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table period_closings drop column header');
    await db.query('alter table company_books drop column closed_through');
  }
}
