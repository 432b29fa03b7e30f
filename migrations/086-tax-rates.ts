import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['org_settings', 'contracts'] as const;

/** Rates of sales tax have up to four decimals: 8.875 % in New York City. Back, they are rounded to two. */
export class TaxRates1793059200086 implements MigrationInterface {
  readonly name = 'TaxRates1793059200086';

  async up(db: QueryRunner): Promise<void> {
    await db.query('set local statement_timeout = 0');
    for (const table of TABLES)
      await db.query(`alter table ${table} alter column tax_percent type numeric(7, 4)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('set local statement_timeout = 0');
    for (const table of TABLES)
      await db.query(`alter table ${table} alter column tax_percent type numeric(5, 2)`);
  }
}
