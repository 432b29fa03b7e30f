import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What Intuit tells us of changes in the books: each event is kept once, by its id, with the organisation whose company
 * it is about, until what it leads to has been read. When a company was last heard of stands beside its sweeps.
 */
export class QboEvents1767830400012 implements MigrationInterface {
  readonly name = 'QboEvents1767830400012';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_events (
        event_id text not null,
        realm_id text,
        org_id integer,
        entity text,
        entity_id text,
        operation text,
        occurred_at timestamptz,
        received_at timestamptz not null,
        state text not null,
        reason text,
        body bytea,
        attempts integer not null default 0,
        next_attempt_at timestamptz not null,
        closed_at timestamptz,
        constraint qbo_events_pkey primary key (event_id),
        constraint qbo_events_org_fkey foreign key (org_id) references orgs (id),
        constraint qbo_events_state_known check (state in
          ('pending', 'done', 'ignored', 'unknown_realm', 'quarantined')),
        constraint qbo_events_readable check (state = 'quarantined' or
          num_nulls(realm_id, entity, entity_id, operation) = 0),
        constraint qbo_events_pending_has_org check (state <> 'pending' or org_id is not null),
        constraint qbo_events_end_dated check ((state = 'pending') = (closed_at is null))
      )`);
    await db.query(`
      create index qbo_events_pending_idx on qbo_events (org_id, next_attempt_at) where state = 'pending'`);
    await db.query('create index qbo_events_received_idx on qbo_events (received_at)');
    await db.query(`
      alter table qbo_sweeps
        add column last_webhook_at timestamptz,
        add column events_lease_token bigint not null default 0,
        add column events_lease_until timestamptz`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table qbo_sweeps
        drop column last_webhook_at,
        drop column events_lease_token,
        drop column events_lease_until`);
    await db.query('drop table qbo_events');
  }
}
