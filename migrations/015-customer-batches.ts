import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Customers to be brought into QuickBooks together: what was asked for, what became of each, and every call that carried
 * several of them, written down under its idempotency key before it goes out. A customer that is not there may be asked
 * for, so the items point to nobody.
 */
export class CustomerBatches1769904000015 implements MigrationInterface {
  readonly name = 'CustomerBatches1769904000015';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table customer_batches (
        id uuid not null,
        org_id integer not null,
        created_by integer not null,
        status text not null default 'queued',
        total integer not null,
        next_run_at timestamptz not null,
        lease_token bigint not null default 0,
        lease_until timestamptz,
        created_at timestamptz not null,
        finished_at timestamptz,
        constraint customer_batches_pkey primary key (id),
        constraint customer_batches_org_id_key unique (org_id, id),
        constraint customer_batches_org_fkey foreign key (org_id) references orgs (id),
        constraint customer_batches_creator_fkey foreign key (created_by) references users (id),
        constraint customer_batches_status_known check (status in ('queued', 'running', 'done')),
        constraint customer_batches_total_positive check (total > 0),
        constraint customer_batches_done_dated check ((status = 'done') = (finished_at is not null))
      )`);
    await db.query(`
      create index customer_batches_unfinished_idx on customer_batches (next_run_at) where status <> 'done'`);
    await db.query(`
      create table customer_batch_items (
        batch_id uuid not null,
        org_id integer not null,
        position integer not null,
        customer_id integer not null,
        state text not null default 'pending',
        attempts integer not null default 0,
        next_attempt_at timestamptz not null,
        result text,
        qbo_customer_id text,
        error text,
        finished_at timestamptz,
        constraint customer_batch_items_pkey primary key (batch_id, customer_id),
        constraint customer_batch_items_batch_fkey
          foreign key (org_id, batch_id) references customer_batches (org_id, id) on delete cascade,
        constraint customer_batch_items_state_known check (state in ('pending', 'done')),
        constraint customer_batch_items_result_known check (
          result in ('created', 'updated', 'skipped', 'error', 'not_found')),
        constraint customer_batch_items_done_told check (
          (state = 'done') = (result is not null) and (state = 'done') = (finished_at is not null))
      )`);
    await db.query(`
      create table customer_batch_calls (
        request_id text not null,
        org_id integer not null,
        realm_id text not null,
        customers jsonb not null,
        sent_at timestamptz not null,
        answered_at timestamptz,
        error_kind text,
        intuit_tid text,
        constraint customer_batch_calls_pkey primary key (realm_id, request_id),
        constraint customer_batch_calls_org_fkey foreign key (org_id) references orgs (id),
        constraint customer_batch_calls_request_length check (length(request_id) <= 36)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table customer_batch_calls, customer_batch_items, customer_batches');
  }
}
