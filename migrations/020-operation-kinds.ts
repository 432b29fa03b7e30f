import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS_BEFORE = ['customer.create', 'invoice.create', 'payment.create', 'refund.create'];
const KINDS_ADDED = ['customer.update', 'item.create', 'invoice.void'];

/** Every write to QuickBooks has its row: changes of customers, products made for invoices, and voids too. */
export class OperationKinds1777680000020 implements MigrationInterface {
  readonly name = 'OperationKinds1777680000020';

  async up(db: QueryRunner): Promise<void> {
    await restrictKinds(db, [...KINDS_BEFORE, ...KINDS_ADDED]);
  }

  /** The version before knows these kinds only as calls without a row, so their rows go, and what points at them. */
  async down(db: QueryRunner): Promise<void> {
    const added = KINDS_ADDED.map((kind) => `'${kind}'`).join(', ');
    await db.query(`
      delete from inbox_items i using sync_operations o
       where o.org_id = i.org_id and o.id = i.operation_id and o.kind in (${added})`);
    await db.query(`delete from sync_operations where kind in (${added})`);
    await restrictKinds(db, KINDS_BEFORE);
  }
}

async function restrictKinds(db: QueryRunner, kinds: string[]): Promise<void> {
  await db.query(`
    alter table sync_operations
      drop constraint sync_operations_kind_known,
      add constraint sync_operations_kind_known check (kind in (${kinds.map((kind) => `'${kind}'`).join(', ')}))`);
}
