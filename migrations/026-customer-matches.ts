import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A mirror of the customers of each connected company with the keys by which ours are found among them, how far it has
 * been read, what people decided about a match, and whether an organisation wants to be asked. A mirror is filled at the
 * next need; it can be dropped and filled again.
 */
export class CustomerMatches1787270400026 implements MigrationInterface {
  readonly name = 'CustomerMatches1787270400026';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_customers (
        org_id integer not null,
        realm_id text not null,
        qbo_id text not null,
        sync_token bigint not null,
        display_name text not null,
        company_name text,
        email text,
        phone text,
        active boolean not null,
        parent_id text,
        name_keys text[] not null,
        company_key text,
        email_keys text[] not null,
        phone_keys text[] not null,
        seen_at timestamptz not null,
        constraint qbo_customers_pkey primary key (org_id, realm_id, qbo_id),
        constraint qbo_customers_org_fkey foreign key (org_id) references orgs (id)
      )`);
    await db.query('create index qbo_customers_names_idx on qbo_customers using gin (name_keys)');
    await db.query('create index qbo_customers_emails_idx on qbo_customers using gin (email_keys)');
    await db.query('create index qbo_customers_phones_idx on qbo_customers using gin (phone_keys)');
    await db.query('create index qbo_customers_company_idx on qbo_customers (org_id, realm_id, company_key)');
    await db.query(`
      create table qbo_customer_mirrors (
        org_id integer not null,
        realm_id text not null,
        filled_at timestamptz,
        changed_since timestamptz,
        lease_token bigint not null default 0,
        lease_until timestamptz,
        constraint qbo_customer_mirrors_pkey primary key (org_id, realm_id),
        constraint qbo_customer_mirrors_org_fkey foreign key (org_id) references orgs (id),
        constraint qbo_customer_mirrors_filled_whole check ((filled_at is null) = (changed_since is null))
      )`);
    await db.query(`
      create table customer_match_decisions (
        org_id integer not null,
        customer_id integer not null,
        realm_id text not null,
        decision text not null,
        qbo_customer_id text,
        decided_by integer not null,
        decided_at timestamptz not null,
        constraint customer_match_decisions_pkey primary key (org_id, customer_id, realm_id),
        constraint customer_match_decisions_customer_fkey
          foreign key (org_id, customer_id) references customers (org_id, id),
        constraint customer_match_decisions_user_fkey foreign key (decided_by) references users (id),
        constraint customer_match_decisions_decision_known check (
          decision in ('link', 'create', 'exclude', 'unlink')),
        constraint customer_match_decisions_names_customer check (
          (decision in ('link', 'unlink')) = (qbo_customer_id is not null))
      )`);
    await db.query(`
      alter table org_settings
        add column customer_match text not null default 'ask',
        add constraint org_settings_customer_match_known check (customer_match in ('ask', 'create'))`);
    await db.query('alter table customer_batch_items add column adopted boolean not null default false');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table customer_batch_items drop column adopted');
    await db.query(`
      alter table org_settings
        drop constraint org_settings_customer_match_known,
        drop column customer_match`);
    await db.query('drop table customer_match_decisions, qbo_customer_mirrors, qbo_customers');
  }
}
