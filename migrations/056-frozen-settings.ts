import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an approval freezes beside its terms: the rate of tax, the product or service of the deposit, and the ids in
 * QuickBooks of tax codes, class and location, with the company that they are of. Contracts that are there keep what
 * the settings say now; where a setting follows the installation, they go on following it.
 */
export class FrozenSettings1790467200056 implements MigrationInterface {
  readonly name = 'FrozenSettings1790467200056';

  async up(db: QueryRunner): Promise<void> {
    await db.query('set local statement_timeout = 0');
    await db.query(`
      alter table contracts
        add column tax_percent numeric(5, 2) not null default 0,
        add column deposit_item_name text,
        add column tax_code text,
        add column exempt_tax_code text,
        add column class_id text,
        add column location_id text,
        add column books_realm_id text,
        add constraint contracts_tax_percent_in_range check (tax_percent between 0 and 100)`);
    await db.query(`
      update contracts c
         set tax_percent = case c.tax_mode when 'ours' then s.tax_percent else 0 end,
             deposit_item_name = s.deposit_item_name, tax_code = s.tax_code, exempt_tax_code = s.exempt_tax_code,
             class_id = s.class_id, location_id = s.location_id,
             books_realm_id = (select b.realm_id from company_books b where b.org_id = c.org_id)
        from org_settings s where s.org_id = c.org_id`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table contracts
        drop constraint contracts_tax_percent_in_range,
        drop column tax_percent,
        drop column deposit_item_name,
        drop column tax_code,
        drop column exempt_tax_code,
        drop column class_id,
        drop column location_id,
        drop column books_realm_id`);
  }
}
