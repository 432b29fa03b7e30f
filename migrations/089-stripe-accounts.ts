import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An organisation may be paid into a Stripe account of its own, connected to that of the installation. Where a page was
 * opened stays with it, whatever the organisation is given later; null is the account of the key, as all were before.
 */
export class StripeAccounts1793318400089 implements MigrationInterface {
  readonly name = 'StripeAccounts1793318400089';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table stripe_accounts (
        org_id integer not null,
        account_id text not null,
        fetched_until timestamptz not null,
        checked_at timestamptz not null,
        constraint stripe_accounts_pkey primary key (org_id, account_id),
        constraint stripe_accounts_org_fkey foreign key (org_id) references orgs (id),
        constraint stripe_accounts_account_form check (account_id ~ '^acct_[A-Za-z0-9_]+$')
      )`);
    await db.query('create index stripe_accounts_checked_idx on stripe_accounts (checked_at)');
    await db.query('create index stripe_accounts_account_idx on stripe_accounts (account_id)');
    await db.query('alter table org_settings add column stripe_account_id text');
    await db.query('alter table checkout_sessions add column stripe_account_id text');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table checkout_sessions drop column stripe_account_id');
    await db.query('alter table org_settings drop column stripe_account_id');
    await db.query('drop table stripe_accounts');
  }
}
