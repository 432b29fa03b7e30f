import { describe, expect, it } from 'vitest';
import type { OpenDocument } from '../aging/aging.js';
import { compareAging, type ComparedSides } from './aging-comparison.js';

const HERE = '9130';
const document: OpenDocument = {
  type: 'Invoice',
  realmId: HERE,
  invoiceId: 12,
  proposalId: 7,
  qboId: '145',
  number: '1001',
  customerId: 3,
  qboCustomerId: '58',
  customerName: 'Ann Ruiz',
  partyName: 'Ann Ruiz',
  currency: 'USD',
  exchangeRate: null,
  txnOn: '2026-03-02',
  dueOn: '2026-04-01',
  openCents: 300_000,
  settlesLater: [],
};

function sides(change: Partial<ComparedSides>): ComparedSides {
  const row = {
    qboCustomerId: '58',
    name: 'Ann Ruiz',
    cents: [300_000, 0, 0, 0, 0],
    totalCents: 300_000,
  };
  return {
    asOf: '2026-03-31',
    homeCurrency: 'USD',
    realmId: HERE,
    ours: [document],
    mirror: [document],
    facts: new Map(),
    report: { rows: [row], grandTotalCents: 300_000 },
    ...change,
  };
}

describe("Receivables beside QuickBooks' report", () => {
  it('are equal, and then there is no reason', () => {
    expect(compareAging(sides({}))).toMatchObject({ differenceCents: 0, differences: [] });
  });

  it('pair no invoice of the company before with one of this company that has the same id', () => {
    const ours = [{ ...document, realmId: '4620', openCents: 120_000 }];
    const mirror = [{ ...document, invoiceId: null, proposalId: null }];
    const compared = compareAging(sides({ ours, mirror }));
    expect(compared.differences.map(({ reason, cents }) => [reason, cents])).toEqual([
      ['other_company', -120_000],
      ['not_ours', 300_000],
    ]);
    expect(compared.unexplainedCents).toBe(0);
  });

  const reasons = (change: Partial<ComparedSides>) => {
    const { differences, unexplainedCents, differenceCents } = compareAging(sides(change));
    expect(unexplainedCents).toBe(0);
    expect(differences.reduce((sum, { cents }) => sum + cents, 0)).toBe(differenceCents);
    return differences.map(({ reason, cents }) => [reason, cents]);
  };
  const rowOf = (qboCustomerId: string, cents: number) => ({
    qboCustomerId,
    name: 'Ann Ruiz',
    cents: [cents, 0, 0, 0, 0],
    totalCents: cents,
  });

  it('name an invoice of the CRM that QuickBooks never had', () => {
    const report = { rows: [], grandTotalCents: 0 };
    expect(reasons({ mirror: [], report })).toEqual([['not_in_quickbooks', -300_000]]);
  });

  it('name the same amount that the report has under another customer', () => {
    const report = { rows: [rowOf('59', 300_000)], grandTotalCents: 300_000 };
    expect(reasons({ report })).toEqual([['other_customer', 0]]);
  });

  it('name a yen for each foreign document as rounding where QuickBooks keeps the books in yen', () => {
    const foreign = { ...document, currency: 'USD', exchangeRate: '149.123', openCents: 1_001 };
    const report = (cents: number) => ({ rows: [rowOf('58', cents)], grandTotalCents: cents });
    const both = { homeCurrency: 'JPY', ours: [foreign], mirror: [foreign] };
    // 10.01 dollars are 1,492.72 yen.
    expect(reasons({ ...both, report: report(1_493_00) })).toEqual([['rounding_home', 28]]);
    expect(compareAging(sides({ ...both, report: report(1_494_00) })).unexplainedCents).toBe(128);
  });

  it('name a cent for each foreign document as rounding, and no more', () => {
    const foreign = { ...document, currency: 'EUR', exchangeRate: '1.5' };
    const report = (cents: number) => ({ rows: [rowOf('58', cents)], grandTotalCents: cents });
    const both = { ours: [foreign], mirror: [foreign] };
    expect(reasons({ ...both, report: report(450_001) })).toEqual([['rounding_home', 1]]);
    expect(compareAging(sides({ ...both, report: report(450_002) })).unexplainedCents).toBe(2);
  });

  it('take what a foreign payment settles later at the rate of what takes it, and the rest at its own', () => {
    const payment = { ...document, type: 'Payment', invoiceId: null, currency: 'EUR', exchangeRate: '1.25' };
    const settlesLater = [{ cents: -10_000, exchangeRate: '1.1' }];
    const mirror = [{ ...payment, openCents: -12_000, settlesLater }];
    const report = { rows: [rowOf('58', -13_500)], grandTotalCents: -13_500 };
    expect(reasons({ ours: [], mirror, report })).toEqual([['unapplied_payment', -13_500]]);
  });

  it("name what the report's own rows do not add up to", () => {
    const report = { rows: [rowOf('58', 300_000)], grandTotalCents: 300_007 };
    expect(reasons({ report })).toEqual([['report_engine', 7]]);
  });
});
