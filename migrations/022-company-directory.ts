import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which organisation a QuickBooks company belongs to: a company has one at most, over the whole installation. Webhooks
 * and consents name a company and no organisation, so this stands apart from the tokens, which are the organisation's.
 */
export class CompanyDirectory1782086400022 implements MigrationInterface {
  readonly name = 'CompanyDirectory1782086400022';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_companies (
        env text not null,
        realm_id text not null,
        org_id integer not null,
        constraint qbo_companies_pkey primary key (env, realm_id),
        constraint qbo_companies_org_key unique (org_id, env, realm_id),
        constraint qbo_companies_org_fkey foreign key (org_id) references orgs (id)
      )`);
    await db.query(`
      insert into qbo_companies (env, realm_id, org_id) select env, realm_id, org_id from qbo_tokens`);
    await db.query(`
      alter table qbo_tokens
        drop constraint qbo_tokens_realm_key,
        add constraint qbo_tokens_company_fkey
          foreign key (org_id, env, realm_id) references qbo_companies (org_id, env, realm_id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table qbo_tokens
        drop constraint qbo_tokens_company_fkey,
        add constraint qbo_tokens_realm_key unique (env, realm_id)`);
    await db.query('drop table qbo_companies');
  }
}
