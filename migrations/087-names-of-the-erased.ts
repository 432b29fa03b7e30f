import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Customers whose data was erased had no name, so lists and reports called them by the address that stands for theirs,
 * `erased-11@erased.invalid`.
 */
export class NamesOfTheErased1793145600087 implements MigrationInterface {
  readonly name = 'NamesOfTheErased1793145600087';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `update customers set full_name = 'Erased customer ' || id where erased_at is not null and full_name is null`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`update customers set full_name = null where erased_at is not null`);
  }
}
