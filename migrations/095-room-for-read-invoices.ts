import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A row of an invoice is twice as long once QuickBooks was read, and one of its proposal a quarter longer. Pages that
 * are half full have no room for all of their rows then, and each that moves to another page is entered into every
 * index anew. Holds for pages that are filled from now on.
 */
export class RoomForReadInvoices1793836800095 implements MigrationInterface {
  readonly name = 'RoomForReadInvoices1793836800095';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table invoices set (fillfactor = 30)');
    await db.query('alter table leads set (fillfactor = 40)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table leads set (fillfactor = 50)');
    await db.query('alter table invoices set (fillfactor = 50)');
  }
}
