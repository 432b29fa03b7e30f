import { describe, expect, it } from 'vitest';
import { cashForecast } from './cash-forecast.js';
import { dsoOf } from './dso.js';

const open = (invoiceId: number, customerId: number, dueOn: string, openCents: number, currency = 'USD') => ({
  invoiceId,
  customerId,
  dueOn,
  openCents,
  currency,
});

describe('A forecast of cash', () => {
  it("expects each customer's money as late as that customer pays", () => {
    const paid = [
      { customerId: 1, days: 10 },
      { customerId: 1, days: 12 },
      { customerId: 1, days: 30 },
      { customerId: 2, days: -5 },
    ];
    const due = [open(1, 1, '2026-03-10', 100), open(2, 2, '2026-03-20', 200), open(3, 9, '2026-03-10', 400)];
    const { invoices } = cashForecast(due, paid, '2026-03-02', 4);
    expect(
      invoices.map(({ invoice, delayDays, expectedOn }) => [invoice.invoiceId, delayDays, expectedOn]),
    ).toEqual([
      [2, -5, '2026-03-15'],
      [1, 12, '2026-03-22'],
      [3, 12, '2026-03-22'], // never paid before: as everybody
    ]);
  });

  it('expects what is due on the last day there is later than any week, however late the customer pays', () => {
    const { invoices } = cashForecast(
      [open(1, 1, '9999-12-31', 100)],
      [{ customerId: 1, days: 10 }],
      '2026-03-02',
      4,
    );
    expect(invoices.map(({ expectedOn }) => expectedOn)).toEqual(['9999-12-31']);
  });

  it('expects nothing before today, and has every cent in one week', () => {
    const due = [
      open(1, 1, '2026-01-10', 100),
      open(2, 1, '2026-03-08', 200),
      open(3, 1, '2026-03-09', 400),
      open(4, 1, '2027-03-09', 800),
      open(5, 1, '2026-03-02', 7, 'EUR'),
    ];
    const { weeks } = cashForecast(due, [], '2026-03-02', 2);
    expect(weeks.map(({ from, to, currency, expectedCents }) => [from, to, currency, expectedCents])).toEqual(
      [
        ['2026-03-02', '2026-03-08', 'EUR', 7],
        ['2026-03-09', '2026-03-15', 'EUR', 0],
        ['2026-03-16', null, 'EUR', 0],
        ['2026-03-02', '2026-03-08', 'USD', 300],
        ['2026-03-09', '2026-03-15', 'USD', 400],
        ['2026-03-16', null, 'USD', 800],
      ],
    );
  });
});

describe('Days sales outstanding', () => {
  it('are what is owed, in days of invoicing', () => {
    const of = (receivableCents: number, invoicedCents: number) =>
      dsoOf([{ currency: 'USD', receivableCents, invoicedCents }], 90)[0]!.dsoDays;
    expect(of(50_000, 100_000)).toBe(45);
    expect(of(33_333, 100_000)).toBe(30);
    expect(of(0, 100_000)).toBe(0);
  });

  it('are unknown where nothing was invoiced', () => {
    expect(dsoOf([{ currency: 'USD', receivableCents: 5, invoicedCents: 0 }], 90)[0]!.dsoDays).toBeNull();
  });
});
