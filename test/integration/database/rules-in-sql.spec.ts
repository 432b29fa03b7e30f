import { isDeepStrictEqual } from 'node:util';
import { isTimeZone } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLive, liveInvoiceSql, QBO_STATES } from '../../../src/invoices/invoice-state.js';
import { dayOfOrgSql } from '../../../src/orgs/time-zones/day-of-org-sql.js';
import { approvedBeforeStart, notBeforeStartSql } from '../../../src/orgs/settings/invoices-start.js';
import { TimeZonesRepository } from '../../../src/orgs/time-zones/time-zones.repository.js';
import { TimeZonesService } from '../../../src/orgs/time-zones/time-zones.service.js';
import { zoneAt } from '../../../src/orgs/time-zones/zone-at.js';
import { goneRefundSql, isGone, REFUND_STATES } from '../../../src/payments/ledger/refunds/refund-state.js';
import { openDataSource } from '../../../src/platform/database/data-source.js';
import { after } from '../../../src/platform/time/after.js';
import { dayInZone } from '../../../src/platform/time/calendar-day.js';
import { isZoneAbbreviation } from '../../../src/platform/time/zone-name.js';
import { FakeClock } from '../../support/clock.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';

describe('A rule that lists in SQL and decisions in TypeScript share', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(() => database[Symbol.asyncDispose]());

  const holds = async (condition: string, row: string, parameters: unknown[]): Promise<boolean> => {
    const [answer] = await database.query<{ holds: boolean }>(
      `select ${condition} as holds from (select ${row}) as r`,
      parameters,
    );
    return answer!.holds;
  };

  it.each([null, ...QBO_STATES])(
    'says the same of an invoice that is %s: whether it stands',
    async (state) => {
      expect(await holds(liveInvoiceSql('r'), '$1::text as state', [state])).toBe(isLive({ state }));
    },
  );

  it.each(REFUND_STATES)('says the same of a refund that is %s: whether its money is gone', async (state) => {
    expect(await holds(goneRefundSql('r'), '$1::text as state', [state])).toBe(isGone(state));
  });

  // Five in the morning in London is still the day before in Denver.
  it.each([
    { approved: '2026-03-01T05:00:00Z', zone: 'America/Denver', from: '2026-03-01', isBefore: true },
    { approved: '2026-03-01T07:00:00Z', zone: 'America/Denver', from: '2026-03-01', isBefore: false },
    { approved: '2026-03-01T05:00:00Z', zone: 'Europe/London', from: '2026-03-01', isBefore: false },
    { approved: '2026-03-01T05:00:00Z', zone: 'Europe/London', from: '2026-03-02', isBefore: true },
    { approved: '2026-03-01T05:00:00Z', zone: 'Europe/London', from: null, isBefore: false },
    { approved: null, zone: 'Europe/London', from: '2026-03-02', isBefore: false },
    {
      approved: '2026-03-01T05:00:00Z',
      zone: 'Europe/London',
      former: 'America/Denver',
      from: '2026-03-01',
      isBefore: true,
    },
    {
      approved: '2026-03-01T05:00:00Z',
      zone: 'America/Denver',
      former: 'Europe/London',
      from: '2026-03-01',
      isBefore: false,
    },
  ])(
    'says the same of an approval at $approved in $zone, once in $former, from $from: before the start: $isBefore',
    async ({ approved, zone, former, from, isBefore }) => {
      const before = { since: '2026-01-01T00:00:00.000Z', until: '2026-03-08T00:00:00.000Z' };
      const formerTimeZones = former === undefined ? [] : [{ ...before, zone: former }];
      const decided = approvedBeforeStart(approved === null ? null : new Date(approved), {
        invoicesFrom: from,
        timeZone: zone,
        formerTimeZones,
      });
      expect(decided !== null).toBe(isBefore);
      const row = `$1::timestamptz as approved_at, $2::text as time_zone, $3::date as invoices_from,
                   $4::jsonb as former_time_zones`;
      const values = [approved, zone, from, JSON.stringify(formerTimeZones)];
      expect(await holds(notBeforeStartSql('r', 'r'), row, values)).toBe(!isBefore);
    },
  );

  const FORMER = [
    { zone: 'America/New_York', since: '2027-01-01T05:00:00.000Z', until: '2027-06-01T00:00:00.000Z' },
    { zone: 'Pacific/Auckland', since: '2027-06-01T00:00:00.000Z', until: '2027-10-02T15:30:00.000Z' },
  ];

  // Every half hour of a year, and a second before each: clocks go forward and back, months and years end.
  it.each([
    'America/New_York',
    'Europe/Berlin',
    'Pacific/Auckland',
    'Asia/Kolkata',
    'Australia/Lord_Howe', // by half an hour
    'Asia/Kathmandu', // 45 minutes beside the hour
    'America/Santiago', // a day without a midnight
    'Asia/Beirut', // an hour before midnight that comes twice
    'America/Havana', // a midnight that comes twice
    'Pacific/Kiritimati', // 14 hours ahead
  ])(
    'says the same of an instant: its day in %s, and in the zone of then where that was another',
    async (zone) => {
      const orgId = await anOrg(zone);
      const rows = await database.query<{ at: Date; before: string; day: string; held: string }>(
        `select t.at, ((t.at - interval '1 second') at time zone $2)::date::text as before,
                (t.at at time zone $2)::date::text as day, (${dayOfOrgSql('t.at', '$2')})::text as held
           from generate_series('2026-12-31'::timestamptz, '2028-01-02', interval '30 minutes') as t (at)
          where $1::integer is not null`,
        [orgId, zone],
      );
      expect(rows.length).toBeGreaterThan(17_000);
      const own = rows.map(({ at }) => ({
        at,
        before: dayInZone(after(at, -1_000), zone),
        day: dayInZone(at, zone),
        held: dayInZone(at, zoneAt(at, { timeZone: zone, formerTimeZones: FORMER })),
      }));
      expect(rows.filter((row, place) => !isDeepStrictEqual(row, own[place]))).toEqual([]);
    },
  );

  // Every hour of each twentieth day of two years, in every zone that an organisation can have.
  it('says the same of an instant in every time zone that is taken, or that it does not', async () => {
    const dataSource = await openDataSource(database.ownerUrl);
    try {
      const zones = new TimeZonesService(new TimeZonesRepository(dataSource), new FakeClock('2026-06-01'));
      const names = await database.query<{ name: string }>(
        'select name from pg_timezone_names order by name',
      );
      const given = [...names.map(({ name }) => name), ...Intl.supportedValuesOf('timeZone')];
      const taken = new Set<string>();
      for (const name of new Set(given))
        if (isTimeZone(name) && !isZoneAbbreviation(name)) taken.add(await zones.nameOf(name));
      expect(taken.size).toBeGreaterThan(400);
      await anOrg(
        'UTC',
        Array.from(taken, (zone) => ({ ...FORMER[0]!, zone })),
      );
      const said = (await zones.troubles()).map(({ zone }) => zone);
      const apart: string[] = [];
      for (const zone of taken) {
        const rows = await database.query<{ at: Date; day: string }>(
          `select t.at, (t.at at time zone $1)::date::text as day
             from generate_series('2026-01-01'::timestamptz, '2028-01-01', interval '20 days') as d (at),
                  lateral generate_series(d.at, d.at + interval '23 hours', interval '1 hour') as t (at)`,
          [zone],
        );
        if (rows.some(({ at, day }) => dayInZone(at, zone) !== day)) apart.push(zone);
      }
      expect(apart.filter((zone) => !said.includes(zone))).toEqual([]);
      expect(said.length).toBeLessThan(taken.size / 20);
    } finally {
      await dataSource.destroy();
    }
  });

  async function anOrg(zone: string, former: object[] = FORMER): Promise<number> {
    const [org] = await database.query<{ id: number }>(
      `insert into orgs (name) values ('Acme') returning id`,
    );
    await database.query(
      'insert into org_settings (org_id, time_zone, former_time_zones) values ($1, $2, $3)',
      [org!.id, zone, JSON.stringify(former)],
    );
    return org!.id;
  }
});
