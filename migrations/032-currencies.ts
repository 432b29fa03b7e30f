import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the settings of a connected company say of currencies, the exchange rates that were read, and what an invoice is
 * worth in the currency the books are kept in. How an organisation takes deposits, taxes and classes its invoices.
 */
export class Currencies1788393600032 implements MigrationInterface {
  readonly name = 'Currencies1788393600032';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table company_books (
        org_id integer not null,
        realm_id text not null,
        home_currency char(3) not null,
        multi_currency boolean not null,
        active_currencies text[] not null default '{}',
        read_at timestamptz not null,
        constraint company_books_pkey primary key (org_id),
        constraint company_books_org_fkey foreign key (org_id) references orgs (id),
        constraint company_books_home_upper check (home_currency = upper(home_currency))
      )`);
    await db.query(`
      create table exchange_rates (
        org_id integer not null,
        realm_id text not null,
        source char(3) not null,
        target char(3) not null,
        as_of date not null,
        rate numeric(18, 9) not null,
        rated_on date not null,
        read_at timestamptz not null,
        constraint exchange_rates_pkey primary key (org_id, realm_id, source, target, as_of),
        constraint exchange_rates_org_fkey foreign key (org_id) references orgs (id),
        constraint exchange_rates_positive check (rate > 0),
        constraint exchange_rates_foreign check (source <> target)
      )`);
    await db.query(`
      alter table invoices
        add column exchange_rate numeric(18, 9),
        add column home_total_cents bigint,
        add constraint invoices_exchange_rate_positive check (exchange_rate > 0)`);
    await db.query(`
      alter table invoice_payments
        add column exchange_rate numeric(18, 9),
        add constraint invoice_payments_exchange_rate_positive check (exchange_rate > 0)`);
    await db.query(`
      alter table org_settings
        add column deposit_mode text not null default 'income',
        add column retainage_percent numeric(5, 2) not null default 0,
        add column tax_mode text not null default 'none',
        add column tax_percent numeric(5, 2) not null default 0,
        add column tax_code text,
        add column exempt_tax_code text,
        add column class_id text,
        add column location_id text,
        add constraint org_settings_deposit_mode_known check (deposit_mode in ('income', 'liability')),
        add constraint org_settings_retainage_share check (retainage_percent between 0 and 100),
        add constraint org_settings_tax_mode_known check (tax_mode in ('none', 'qbo', 'ours')),
        add constraint org_settings_tax_share check (tax_percent between 0 and 100)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table org_settings
        drop constraint org_settings_deposit_mode_known,
        drop constraint org_settings_retainage_share,
        drop constraint org_settings_tax_mode_known,
        drop constraint org_settings_tax_share,
        drop column deposit_mode,
        drop column retainage_percent,
        drop column tax_mode,
        drop column tax_percent,
        drop column tax_code,
        drop column exempt_tax_code,
        drop column class_id,
        drop column location_id`);
    await db.query(`
      alter table invoice_payments
        drop constraint invoice_payments_exchange_rate_positive,
        drop column exchange_rate`);
    await db.query(`
      alter table invoices
        drop constraint invoices_exchange_rate_positive,
        drop column exchange_rate,
        drop column home_total_cents`);
    await db.query('drop table exchange_rates');
    await db.query('drop table company_books');
  }
}
