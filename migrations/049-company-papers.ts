import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What stands on the papers of an organisation, and a Slack webhook of its own. A proposal has the address of its job.
 */
export class CompanyPapers1789862400049 implements MigrationInterface {
  readonly name = 'CompanyPapers1789862400049';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table org_settings
        add column company_logo text,
        add column company_address text,
        add column company_phone text,
        add column company_terms text,
        add column slack_webhook_url_encrypted text`);
    await db.query('alter table leads add column site_address jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table leads drop column site_address');
    await db.query(`
      alter table org_settings
        drop column company_logo,
        drop column company_address,
        drop column company_phone,
        drop column company_terms,
        drop column slack_webhook_url_encrypted`);
  }
}
