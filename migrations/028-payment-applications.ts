import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS_BEFORE = [
  'customer.create',
  'customer.update',
  'item.create',
  'invoice.create',
  'invoice.void',
  'payment.create',
  'refund.create',
];

/** A payment that is in QuickBooks is put on the invoice that was made in place of its own: a write with its own row. */
export class PaymentApplications1787616000028 implements MigrationInterface {
  readonly name = 'PaymentApplications1787616000028';

  async up(db: QueryRunner): Promise<void> {
    await restrictKinds(db, [...KINDS_BEFORE, 'payment.apply']);
  }

  /** The version before does not know these rows, so they go, and what points at them. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from inbox_events e using inbox_items i, sync_operations o
       where i.org_id = e.org_id and i.id = e.item_id and o.org_id = i.org_id and o.id = i.operation_id
         and o.kind = 'payment.apply'`);
    await db.query(`
      delete from inbox_items i using sync_operations o
       where o.org_id = i.org_id and o.id = i.operation_id and o.kind = 'payment.apply'`);
    await db.query(`delete from sync_operations where kind = 'payment.apply'`);
    await restrictKinds(db, KINDS_BEFORE);
  }
}

async function restrictKinds(db: QueryRunner, kinds: string[]): Promise<void> {
  await db.query(`
    alter table sync_operations
      drop constraint sync_operations_kind_known,
      add constraint sync_operations_kind_known check (kind in (${kinds.map((kind) => `'${kind}'`).join(', ')}))`);
}
