import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Full comparisons of a company's invoices: why each was begun, how far it has got and what came of it. At most one of
 * an organisation is open at a time, however many ask. The first after this migration are spread over a week.
 * Invoices are marked as looked at, all of a page at once, for which their pages keep as much room.
 */
export class InvoiceCompares1773000000017 implements MigrationInterface {
  readonly name = 'InvoiceCompares1773000000017';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table invoice_compares (
        id uuid not null,
        org_id integer not null,
        realm_id text not null,
        reason text not null,
        asked_by integer,
        asked_again boolean not null default false,
        status text not null default 'queued',
        total integer,
        done integer not null default 0,
        changed integer not null default 0,
        paid integer not null default 0,
        failed integer not null default 0,
        calls integer not null default 0,
        attempts integer not null default 0,
        changes_known_until timestamptz,
        next_run_at timestamptz not null,
        lease_token bigint not null default 0,
        lease_until timestamptz,
        error text,
        created_at timestamptz not null,
        started_at timestamptz,
        finished_at timestamptz,
        constraint invoice_compares_pkey primary key (id),
        constraint invoice_compares_org_fkey foreign key (org_id) references orgs (id),
        constraint invoice_compares_asker_fkey foreign key (asked_by) references users (id),
        constraint invoice_compares_reason_known check (
          reason in ('asked', 'first_look', 'feed_refused', 'feed_full', 'weekly')),
        constraint invoice_compares_status_known check (status in ('queued', 'running', 'done', 'failed')),
        constraint invoice_compares_finish_dated check (
          (status in ('done', 'failed')) = (finished_at is not null)),
        constraint invoice_compares_failure_told check ((status = 'failed') <= (error is not null))
      )`);
    await db.query(`
      create unique index invoice_compares_open_key on invoice_compares (org_id)
        where status in ('queued', 'running')`);
    await db.query(`
      create index invoice_compares_due_idx on invoice_compares (next_run_at)
        where status in ('queued', 'running')`);
    await db.query('create index invoice_compares_org_idx on invoice_compares (org_id, created_at)');
    await db.query(`
      alter table qbo_sweeps
        add column last_compared_at timestamptz,
        add column last_surprise_at timestamptz`);
    await db.query(`
      update qbo_sweeps set last_compared_at = now() - random() * interval '7 days' where changed_since is not null`);
    await db.query('alter table leads set (fillfactor = 50)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table leads reset (fillfactor)');
    await db.query('alter table qbo_sweeps drop column last_compared_at, drop column last_surprise_at');
    await db.query('drop table invoice_compares');
  }
}
