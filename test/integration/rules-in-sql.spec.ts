import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLive, liveInvoiceSql, QBO_STATES } from '../../src/invoices/invoice-state.js';
import { approvedBeforeStart, notBeforeStartSql } from '../../src/orgs/invoices-start.js';
import { goneRefundSql, isGone, REFUND_STATES } from '../../src/payments/ledger/refund-state.js';
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
  ])(
    'says the same of an approval at $approved in $zone, invoices from $from: before the start: $isBefore',
    async ({ approved, zone, from, isBefore }) => {
      const decided = approvedBeforeStart(approved === null ? null : new Date(approved), {
        invoicesFrom: from,
        timeZone: zone,
      });
      expect(decided !== null).toBe(isBefore);
      const row = '$1::timestamptz as approved_at, $2::text as time_zone, $3::date as invoices_from';
      expect(await holds(notBeforeStartSql('r', 'r'), row, [approved, zone, from])).toBe(!isBefore);
    },
  );
});
