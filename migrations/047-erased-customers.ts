import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer whose personal data was erased on request. The row stays, for the books refer to it. */
export class ErasedCustomers1789689600047 implements MigrationInterface {
  readonly name = 'ErasedCustomers1789689600047';

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table customers add column erased_at timestamptz');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table customers drop column erased_at');
  }
}
