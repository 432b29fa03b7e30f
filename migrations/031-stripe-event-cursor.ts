import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Up to when Stripe was asked for events that no webhook brought. One row: a key belongs to the installation. */
export class StripeEventCursor1788307200031 implements MigrationInterface {
  readonly name = 'StripeEventCursor1788307200031';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table stripe_event_cursor (
        id smallint not null default 1,
        fetched_until timestamptz not null,
        checked_at timestamptz not null,
        constraint stripe_event_cursor_pkey primary key (id),
        constraint stripe_event_cursor_one check (id = 1)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table stripe_event_cursor');
  }
}
