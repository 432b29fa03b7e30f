import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../world.ts';
import type { Company } from './company.ts';
import { createCompany } from './open-company.ts';
import { Fault } from './fault.ts';
import { type Body, rowsOf, textOf } from './json.ts';
import { majorOf, minorOf } from './money.ts';
import { writeRecord } from './write-record.ts';

/** One thing a bookkeeper does: what, with which paper (by position), for how many cents. */
type Step = [action: keyof typeof ACTIONS, which: number, cents: number];

const sale = (cents: number): Body => ({
  CustomerRef: { value: '1' },
  Line: [{ Amount: majorOf(cents), DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} }],
});

const pick = (
  company: Company,
  entity: 'Invoice' | 'Payment' | 'CreditMemo',
  which: number,
): Body | undefined => {
  const all = company.store.all(entity);
  return all[which % Math.max(1, all.length)];
};

const onto = (amount: number, body: Body | undefined, type: string): Body => ({
  Amount: amount,
  LinkedTxn: [{ TxnId: body?.Id ?? '0', TxnType: type }],
});

const ACTIONS = {
  invoice: (company: Company, _which: number, cents: number) =>
    writeRecord(company, 'create', 'Invoice', sale(cents)),
  memo: (company: Company, _which: number, cents: number) =>
    writeRecord(company, 'create', 'CreditMemo', sale(cents)),
  pay: (company: Company, which: number, cents: number) => {
    const Line = [onto(majorOf(cents), pick(company, 'Invoice', which), 'Invoice')];
    return writeRecord(company, 'create', 'Payment', {
      CustomerRef: { value: '1' },
      TotalAmt: majorOf(cents),
      Line,
    });
  },
  credit: (company: Company, which: number, cents: number) => {
    const lines = [
      onto(majorOf(cents), pick(company, 'Invoice', which), 'Invoice'),
      onto(majorOf(cents), pick(company, 'CreditMemo', which), 'CreditMemo'),
    ];
    return writeRecord(company, 'create', 'Payment', {
      CustomerRef: { value: '1' },
      TotalAmt: 0,
      Line: lines,
    });
  },
  edit: (company: Company, which: number, cents: number) =>
    writeRecord(
      company,
      'update',
      'Invoice',
      { ...sale(cents), Id: pick(company, 'Invoice', which)?.Id ?? '0' },
      { byHand: true },
    ),
  editMemo: (company: Company, which: number, cents: number) =>
    writeRecord(
      company,
      'update',
      'CreditMemo',
      { ...sale(cents), Id: pick(company, 'CreditMemo', which)?.Id ?? '0' },
      { byHand: true },
    ),
  voidInvoice: (company: Company, which: number) =>
    writeRecord(
      company,
      'void',
      'Invoice',
      { Id: pick(company, 'Invoice', which)?.Id ?? '0' },
      { byHand: true },
    ),
  deleteInvoice: (company: Company, which: number) =>
    writeRecord(
      company,
      'delete',
      'Invoice',
      { Id: pick(company, 'Invoice', which)?.Id ?? '0' },
      { byHand: true },
    ),
  voidPayment: (company: Company, which: number) =>
    writeRecord(
      company,
      'void',
      'Payment',
      { Id: pick(company, 'Payment', which)?.Id ?? '0' },
      { byHand: true },
    ),
  deletePayment: (company: Company, which: number) =>
    writeRecord(
      company,
      'delete',
      'Payment',
      { Id: pick(company, 'Payment', which)?.Id ?? '0' },
      { byHand: true },
    ),
  deleteMemo: (company: Company, which: number) =>
    writeRecord(
      company,
      'delete',
      'CreditMemo',
      { Id: pick(company, 'CreditMemo', which)?.Id ?? '0' },
      { byHand: true },
    ),
};

const steps = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[])),
    fc.nat(2),
    fc.integer({ min: 1, max: 300 }),
  ),
  { minLength: 8, maxLength: 40, size: 'max' },
);

const sum = (bodies: Body[], field: string): number =>
  bodies.reduce((total, body) => total + minorOf(body[field]), 0);

/** Cents that payments put on one paper. */
function appliedTo(company: Company, type: string, id: string | undefined): number {
  const lines = company.store.all('Payment').flatMap((payment) => rowsOf(payment, 'Line'));
  const theirs = lines.filter((line) =>
    rowsOf(line, 'LinkedTxn').some((link) => link.TxnId === id && link.TxnType === type),
  );
  return sum(theirs, 'Amount');
}

function run(company: Company, [action, which, cents]: Step): void {
  try {
    ACTIONS[action](company, which, cents);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

describe('the books, whatever is done to them,', () => {
  it('add up: what is open is the total less what is applied, and the customer owes the sum', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (played, applies) => {
        const company = createCompany(new World());
        writeRecord(company, 'create', 'Customer', { DisplayName: 'Anyone' });
        writeRecord(
          company,
          'update',
          'Preferences',
          { SalesFormsPrefs: { AutoApplyCredit: applies } },
          { byHand: true },
        );
        for (const step of played) run(company, step);
        const { store } = company;
        for (const type of ['Invoice', 'CreditMemo'] as const) {
          for (const body of store.all(type)) {
            const open = minorOf(body.TotalAmt) - appliedTo(company, type, textOf(body, 'Id'));
            expect(minorOf(body.Balance)).toBe(open);
            expect(open).toBeGreaterThanOrEqual(0);
            const linked = rowsOf(body, 'LinkedTxn').map((link) =>
              store.find('Payment', textOf(link, 'TxnId')),
            );
            expect(linked.every(Boolean)).toBe(true);
          }
        }
        for (const payment of store.all('Payment'))
          expect(minorOf(payment.UnappliedAmt)).toBeGreaterThanOrEqual(0);
        const owed =
          sum(store.all('Invoice'), 'Balance') -
          sum(store.all('CreditMemo'), 'Balance') -
          sum(store.all('Payment'), 'UnappliedAmt');
        expect(minorOf(store.find('Customer', '1')!.Balance)).toBe(owed);
      }),
      { numRuns: 300 },
    );
  });

  it('leave no trace of a change refused halfway: the payment is already freed when the closing date is met', () => {
    const company = createCompany(new World());
    writeRecord(company, 'create', 'Customer', { DisplayName: 'Anyone' });
    const invoice = writeRecord(company, 'create', 'Invoice', { ...sale(1000), TxnDate: '2026-01-15' });
    const Line = [onto(10, invoice, 'Invoice')];
    writeRecord(company, 'create', 'Payment', { CustomerRef: { value: '1' }, TotalAmt: 10, Line });
    writeRecord(
      company,
      'update',
      'Preferences',
      { AccountingInfoPrefs: { BookCloseDate: '2026-01-31' } },
      { byHand: true },
    );
    const books = (): string =>
      JSON.stringify(
        (['Invoice', 'Payment', 'Customer'] as const).map((entity) => company.store.all(entity)),
      );
    const before = books();

    expect(() =>
      writeRecord(company, 'update', 'Invoice', { ...sale(400), Id: invoice.Id }, { byHand: true }),
    ).toThrow('6210');
    expect(books()).toBe(before);
  });
});

describe('money', () => {
  it('survives the way in and out to the last cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }), (cents) => {
        expect(minorOf(majorOf(cents))).toBe(cents);
      }),
    );
  });

  it.each([
    ['1.005', 101],
    ['-1.005', -101],
    [0.1 + 0.2, 30],
    ['1e3', 100_000],
    [undefined, 0],
  ])('reads %s as %i cents', (value, cents) => {
    expect(minorOf(value)).toBe(cents);
  });
});
