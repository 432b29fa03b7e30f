import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the journal of revenue comes to by month, currency and kind: written with the events, and read where a sum over
 * all of them would take too long. Filled from the events that are there.
 */
export class RevenueBalances1790294400054 implements MigrationInterface {
  readonly name = 'RevenueBalances1790294400054';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table revenue_balances (
        org_id integer not null,
        month date not null,
        currency char(3) not null,
        kind text not null,
        cents bigint not null,
        constraint revenue_balances_pkey primary key (org_id, month, currency, kind),
        constraint revenue_balances_org_fkey foreign key (org_id) references orgs (id),
        constraint revenue_balances_first_of_month check (extract(day from month) = 1)
      )`);
    await db.query(`
      insert into revenue_balances (org_id, month, currency, kind, cents)
      select org_id, date_trunc('month', posted_on)::date, currency, kind, sum(cents)
        from revenue_events group by 1, 2, 3, 4`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table revenue_balances');
  }
}
