import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The last documents that the fill of a mirror has read, by their ids: where one goes on that was cut off. A position
 * alone is no such place, as documents that are deleted move the later ones up.
 */
export class FillTail1791072000063 implements MigrationInterface {
  readonly name = 'FillTail1791072000063';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table qbo_document_mirrors add column fill_tail text[] not null default '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table qbo_document_mirrors drop column fill_tail');
  }
}
