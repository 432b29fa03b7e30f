import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a customer agreed to beside the lines is kept with the contract; of contracts that are there, as the
 * organisation's papers say it now. The company's payment terms are kept with its last preflight, so that invoices
 * name the one that their days agree with. A customer has an address that invoices go to.
 */
export class ContractTerms1790121600052 implements MigrationInterface {
  readonly name = 'ContractTerms1790121600052';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table contracts add column company_terms text');
    await db.query(`
      update contracts c set company_terms = s.company_terms
        from org_settings s where s.org_id = c.org_id and s.company_terms is not null`);
    await db.query(`
      alter table preflights
        add column terms jsonb not null default '[]',
        add constraint preflights_terms_are_a_list check (jsonb_typeof(terms) = 'array')`);
    await db.query('alter table customers add column billing_address jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table customers drop column billing_address');
    await db.query('alter table preflights drop column terms');
    await db.query('alter table contracts drop column company_terms');
  }
}
