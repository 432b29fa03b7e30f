import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS_BEFORE = [
  'customer.create',
  'customer.update',
  'item.create',
  'invoice.create',
  'invoice.void',
  'payment.create',
  'payment.apply',
  'refund.create',
];

/**
 * QuickBooks keeps a customer in one currency, so one of ours has a record there for each it is invoiced in. The link
 * of `customers` stays that of the home currency. Mirrors are read anew, because they do not know currencies yet.
 */
export class CustomersByCurrency1788739200036 implements MigrationInterface {
  readonly name = 'CustomersByCurrency1788739200036';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table customer_currency_links (
        org_id integer not null,
        customer_id integer not null,
        realm_id text not null,
        currency char(3) not null,
        qbo_customer_id text not null,
        qbo_sync_token text not null,
        sent jsonb not null,
        said jsonb not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint customer_currency_links_pkey primary key (org_id, customer_id, realm_id, currency),
        constraint customer_currency_links_customer_fkey foreign key (org_id, customer_id)
          references customers (org_id, id),
        constraint customer_currency_links_qbo_key unique (org_id, realm_id, qbo_customer_id)
      )`);
    await db.query('alter table qbo_customers add column currency char(3)');
    await db.query('update qbo_customer_mirrors set filled_at = null, changed_since = null');
    await restrictKinds(db, [...KINDS_BEFORE, 'customer.currency']);
  }

  /** The version before does not know these rows, so they go, and what points at them. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from inbox_events e using inbox_items i, sync_operations o
       where i.org_id = e.org_id and i.id = e.item_id and o.org_id = i.org_id and o.id = i.operation_id
         and o.kind = 'customer.currency'`);
    await db.query(`
      delete from inbox_items i using sync_operations o
       where o.org_id = i.org_id and o.id = i.operation_id and o.kind = 'customer.currency'`);
    await db.query(`delete from sync_operations where kind = 'customer.currency'`);
    await restrictKinds(db, KINDS_BEFORE);
    await db.query('alter table qbo_customers drop column currency');
    await db.query('drop table customer_currency_links');
  }
}

async function restrictKinds(db: QueryRunner, kinds: string[]): Promise<void> {
  await db.query(`
    alter table sync_operations
      drop constraint sync_operations_kind_known,
      add constraint sync_operations_kind_known check (kind in (${kinds.map((kind) => `'${kind}'`).join(', ')}))`);
}
