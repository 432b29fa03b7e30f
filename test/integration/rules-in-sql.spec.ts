import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLive, liveInvoiceSql, QBO_STATES } from '../../src/invoices/invoice-state.js';
import { dayOfOrgSql } from '../../src/orgs/day-of-org-sql.js';
import { approvedBeforeStart, notBeforeStartSql } from '../../src/orgs/invoices-start.js';
import { zoneAt } from '../../src/orgs/zone-at.js';
import { goneRefundSql, isGone, REFUND_STATES } from '../../src/payments/ledger/refund-state.js';
import { after } from '../../src/platform/time/after.js';
import { dayInZone } from '../../src/platform/time/calendar-day.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

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
  it.each(['America/New_York', 'Europe/Berlin', 'Pacific/Auckland', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
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

  async function anOrg(zone: string): Promise<number> {
    const [org] = await database.query<{ id: number }>(
      `insert into orgs (name) values ('Acme') returning id`,
    );
    await database.query(
      'insert into org_settings (org_id, time_zone, former_time_zones) values ($1, $2, $3)',
      [org!.id, zone, JSON.stringify(FORMER)],
    );
    return org!.id;
  }
});
