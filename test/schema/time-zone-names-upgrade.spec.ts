import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { Config } from '../../src/platform/config/config.js';
import { DueEntriesRepository } from '../../src/contracts/schedule/due-entries.repository.js';
import { dayOfOrgSql } from '../../src/orgs/time-zones/day-of-org-sql.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema/migrate.js';
import { dayInZone } from '../../src/platform/time/calendar-day.js';
import { revertToBefore } from '../support/before-migration.js';
import { FakeClock } from '../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

/** What organisations had set before, and by which name the same zone goes now. */
const ZONES = [
  { id: 1, before: 'US/Pacific-New', now: 'America/Los_Angeles' },
  { id: 2, before: 'US/Eastern', now: 'America/New_York' },
  { id: 3, before: 'CST', now: 'America/Chicago' },
  { id: 4, before: 'IST', now: 'Asia/Kolkata' },
  { id: 5, before: 'CET', now: 'Europe/Brussels' },
  { id: 6, before: 'Asia/Calcutta', now: 'Asia/Kolkata' },
  { id: 7, before: 'america/denver', now: 'America/Denver' },
  { id: 8, before: 'Etc/UTC', now: 'UTC' },
  { id: 9, before: 'Australia/Lord_Howe', now: 'Australia/Lord_Howe' },
  { id: 10, before: 'ACT', now: 'Australia/Darwin' },
] as const;
const SINCE = '2026-01-01T00:00:00.000Z';

const SANDBOX = { qbo: { env: 'sandbox' } } as Config;

describe('Time zones by the names of before', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase();
    dataSource = await openDataSource(database.ownerUrl);
    await revertToBefore(database, 'TimeZoneNames1793664000093');
    for (const { id, before } of ZONES) {
      await database.query('insert into orgs (id, name) values ($1, $2)', [id, before]);
      const former = [
        { zone: before, since: SINCE, until: '2026-02-01T00:00:00.000Z' },
        { zone: 'Pacific/Auckland', since: '2026-02-01T00:00:00.000Z', until: '2026-03-01T00:00:00.000Z' },
      ];
      await database.query(
        'insert into org_settings (org_id, time_zone, former_time_zones) values ($1, $2, $3)',
        [id, before, JSON.stringify(id === 9 ? [] : former)],
      );
    }
    await aDueEntryOf(1);
    await aDueEntryOf(7);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database[Symbol.asyncDispose]();
  });

  /** A connected organisation with a progress payment that is to be billed by itself. */
  async function aDueEntryOf(orgId: number): Promise<void> {
    for (const statement of [
      `insert into qbo_companies (org_id, env, realm_id) values ($1, 'sandbox', 'R' || $1)`,
      `insert into qbo_tokens (org_id, realm_id, env, state, connected_at, access_token_sealed, refresh_token_sealed)
       values ($1, 'R' || $1, 'sandbox', 'connected', now(), 'a', 'r')`,
      `insert into leads (id, org_id, name, status, currency) values ($1, $1, 'Roof', 'lead', 'USD')`,
      `insert into contracts (id, org_id, proposal_id, currency, value_cents, deposit_percent, deposit_cents,
                              terms_days, approved_at)
       values ($1, $1, $1, 'USD', 100000, 30, 30000, 14, now())`,
      `insert into contract_entries (org_id, contract_id, number, kind, sequence, percent, trigger_on)
       values ($1, $1, 2, 'progress', 1, 40, '2026-03-10')`,
    ])
      await database.query(statement.replaceAll('$1', String(orgId)));
  }

  const due = async (): Promise<number[]> => {
    const repository = new DueEntriesRepository(new FakeClock('2026-03-12T12:00Z'), SANDBOX);
    return (await repository.list(dataSource.manager, 10)).map(({ orgId }) => orgId);
  };

  it('keep nobody from being billed: all go by the names of now, on the days of their documents', async () => {
    await expect(due()).rejects.toThrow('time zone "US/Pacific-New" not recognized');
    await migrate(database.ownerUrl);
    expect(await due()).toEqual([1, 7]);
    const rows = await database.query<{ id: number; zone: string; former: { zone: string }[] }>(
      'select org_id as id, time_zone as zone, former_time_zones as former from org_settings order by org_id',
    );
    expect(rows.map(({ id, zone, former }) => [id, zone, former.map((one) => one.zone)])).toEqual(
      ZONES.map(({ id, now }) => [id, now, id === 9 ? [] : [now, 'Pacific/Auckland']]),
    );
    // The hour in which clocks without summer time are a day behind.
    for (const { id, before } of ZONES) {
      for (const at of [
        '2026-07-01T04:30:00Z',
        '2026-07-01T05:30:00Z',
        '2026-06-30T22:30:00Z',
        '2026-07-01T06:30Z',
      ]) {
        const [row] = await database.query<{ day: string }>(
          `select ${dayOfOrgSql('$2::timestamptz', 's.time_zone')}::text as day from org_settings s where org_id = $1`,
          [id, at],
        );
        expect([before, row!.day]).toEqual([before, dayInZone(new Date(at), before)]);
      }
    }
  });
});
