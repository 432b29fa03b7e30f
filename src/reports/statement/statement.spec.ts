import { describe, expect, it } from 'vitest';
import { type StatementEntry, statementOf } from './statement.js';

const entry = (on: string, kind: StatementEntry['kind'], amountCents: number, currency = 'USD') => ({
  on,
  kind,
  amountCents,
  currency,
  number: 'CRM-7',
  invoiceId: 7,
  proposalId: 7,
  qboType: 'Invoice' as const,
  qboId: '145',
  realmId: '1',
});

describe("A customer's statement", () => {
  const year = [
    entry('2026-03-10', 'payment', -4_000),
    entry('2026-01-31', 'invoice', 10_000),
    entry('2026-03-10', 'invoice', 5_000),
    entry('2026-02-15', 'credit', -1_000),
    entry('2026-04-01', 'payment', -10_000),
  ];

  it('begins with what was owed before and ends with what is owed after', () => {
    const { rows, totals } = statementOf(year, '2026-03-01', '2026-03-31');
    expect(
      rows.map(({ on, kind, amountCents, balanceCents }) => [on, kind, amountCents, balanceCents]),
    ).toEqual([
      ['2026-03-01', 'opening', 9_000, 9_000],
      ['2026-03-10', 'invoice', 5_000, 14_000],
      ['2026-03-10', 'payment', -4_000, 10_000],
    ]);
    expect(totals).toEqual([
      {
        currency: 'USD',
        openingCents: 9_000,
        invoicedCents: 5_000,
        settledCents: -4_000,
        closingCents: 10_000,
      },
    ]);
  });

  it('has every entry where no first day is named', () => {
    const { rows, totals } = statementOf(year, null, '2026-12-31');
    expect(rows).toHaveLength(5);
    expect(totals[0]).toMatchObject({ openingCents: 0, closingCents: 0 });
  });

  it('closes a month with what the next one opens with', () => {
    const months = ['01', '02', '03', '04'].map((month) =>
      statementOf(year, `2026-${month}-01`, `2026-${month}-31`),
    );
    for (const [index, next] of months.slice(1).entries()) {
      expect(next.totals[0]!.openingCents).toBe(months[index]!.totals[0]!.closingCents);
    }
  });

  it('adds nothing up over currencies', () => {
    const { totals } = statementOf([...year, entry('2026-01-02', 'invoice', 700, 'EUR')], null, '2026-12-31');
    expect(totals.map(({ currency, closingCents }) => [currency, closingCents])).toEqual([
      ['EUR', 700],
      ['USD', 0],
    ]);
  });
});
