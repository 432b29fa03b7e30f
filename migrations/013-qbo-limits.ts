import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How much each QuickBooks company may still be asked, shared by every replica, and what was asked of it in a month.
 * The limits are unlogged: after a crash of the database a company begins anew, as it would after a minute's rest.
 * What was used is money and is logged.
 */
export class QboLimits1768435200013 implements MigrationInterface {
  readonly name = 'QboLimits1768435200013';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create unlogged table qbo_limits (
        realm_id text not null,
        slot bigint not null default 0,
        slots integer[] not null default array_fill(0, array[24]),
        minute_tokens double precision not null default 1e9,
        batch_tokens double precision not null default 1e9,
        refilled_at timestamptz not null default clock_timestamp(),
        granted integer not null default 0,
        blocked_until timestamptz,
        constraint qbo_limits_pkey primary key (realm_id),
        constraint qbo_limits_slots_length check (cardinality(slots) = 24)
      ) with (fillfactor = 50)`);
    await db.query(`
      create table qbo_usage (
        month text not null,
        org_id integer not null,
        operation text not null,
        calls bigint not null,
        metered bigint not null,
        constraint qbo_usage_pkey primary key (month, org_id, operation),
        constraint qbo_usage_org_fkey foreign key (org_id) references orgs (id),
        constraint qbo_usage_month_format check (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
        constraint qbo_usage_counts_sensible check (metered >= 0 and calls >= metered)
      )`);
    await db.query('create index qbo_usage_org_idx on qbo_usage (org_id, month)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table qbo_usage, qbo_limits');
  }
}
