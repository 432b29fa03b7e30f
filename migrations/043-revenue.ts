import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When a contract's revenue is earned is chosen by the organisation and frozen with the approval. What was earned,
 * billed and received is written down as events that nobody changes, each with its own day and the day it counts from;
 * months are closed one after the other, and a closing keeps the figures and their hash.
 */
export class Revenue1789344000043 implements MigrationInterface {
  readonly name = 'Revenue1789344000043';

  async up(db: QueryRunner): Promise<void> {
    for (const table of ['org_settings', 'contracts']) {
      await db.query(`
        alter table ${table}
          add column revenue_policy text not null default 'invoice',
          add constraint ${table}_revenue_policy_known
            check (revenue_policy in ('invoice', 'completion', 'milestone', 'percent'))`);
    }
    await db.query(`
      create table contract_milestones (
        org_id integer not null,
        contract_id integer not null,
        sequence integer not null,
        reached_on date not null,
        updated_at timestamptz not null,
        constraint contract_milestones_pkey primary key (org_id, contract_id, sequence),
        constraint contract_milestones_contract_fkey foreign key (org_id, contract_id)
          references contracts (org_id, id)
      )`);
    await db.query(`
      create table contract_progress (
        org_id integer not null,
        contract_id integer not null,
        month char(7) not null,
        percent numeric(5, 2) not null,
        updated_at timestamptz not null,
        constraint contract_progress_pkey primary key (org_id, contract_id, month),
        constraint contract_progress_contract_fkey foreign key (org_id, contract_id) references contracts (org_id, id),
        constraint contract_progress_percent_in_range check (percent between 0 and 100)
      )`);
    await db.query(`
      create table revenue_events (
        org_id integer not null,
        id bigint generated always as identity,
        contract_id integer not null,
        proposal_id integer not null,
        currency char(3) not null,
        kind text not null,
        item text not null,
        source_kind text not null,
        source_id text not null,
        sequence integer not null,
        event_on date not null,
        posted_on date not null,
        cents bigint not null,
        created_at timestamptz not null,
        constraint revenue_events_pkey primary key (org_id, id),
        constraint revenue_events_source_key
          unique (org_id, contract_id, kind, item, source_kind, source_id, sequence),
        constraint revenue_events_contract_fkey foreign key (org_id, contract_id) references contracts (org_id, id),
        constraint revenue_events_kind_known check (
          kind in ('billed', 'earned', 'credited', 'tax', 'receivable', 'received', 'bad_debt', 'lost')),
        constraint revenue_events_not_nothing check (cents <> 0),
        constraint revenue_events_not_posted_early check (posted_on >= event_on)
      )`);
    await db.query('create index revenue_events_posted_idx on revenue_events (org_id, posted_on)');
    await db.query(`
      create table revenue_positions (
        org_id integer not null,
        contract_id integer not null,
        fingerprint text not null,
        derived_at timestamptz not null,
        constraint revenue_positions_pkey primary key (org_id, contract_id),
        constraint revenue_positions_contract_fkey foreign key (org_id, contract_id) references contracts (org_id, id)
      )`);
    await db.query(`
      create table period_closings (
        org_id integer not null,
        id bigint generated always as identity,
        month char(7) not null,
        closed_at timestamptz not null,
        closed_by integer,
        force_reason text,
        qbo_closing_date date,
        figures jsonb not null,
        pack_hash text not null,
        previous_hash text,
        reopened_at timestamptz,
        reopened_by integer,
        reopen_reason text,
        constraint period_closings_pkey primary key (org_id, id),
        constraint period_closings_org_fkey foreign key (org_id) references orgs (id),
        constraint period_closings_closed_by_fkey foreign key (closed_by) references users (id),
        constraint period_closings_reopened_by_fkey foreign key (reopened_by) references users (id),
        constraint period_closings_reopened_with_reason check ((reopened_at is null) = (reopen_reason is null))
      )`);
    await db.query(`
      create unique index period_closings_closed_key on period_closings (org_id, month) where reopened_at is null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table period_closings');
    await db.query('drop table revenue_positions');
    await db.query('drop table revenue_events');
    await db.query('drop table contract_progress');
    await db.query('drop table contract_milestones');
    await db.query('alter table contracts drop column revenue_policy');
    await db.query('alter table org_settings drop column revenue_policy');
  }
}
