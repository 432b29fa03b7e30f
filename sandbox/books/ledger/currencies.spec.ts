import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../../world.ts';
import type { Company } from '../company.ts';
import { createCompany } from '../open-company.ts';
import { Fault } from '../fault.ts';
import { type Body, textOf } from '../json.ts';
import { majorOf } from '../money.ts';
import { writeRecord } from '../write-record.ts';
import { EXCHANGE_GAIN_OR_LOSS, accountNamed } from './accounts.ts';

const BY_HAND = { byHand: true };

function openEuroBooks(): Company {
  const company = createCompany(new World());
  writeRecord(company, 'update', 'Preferences', { CurrencyPrefs: { MultiCurrencyEnabled: true } }, BY_HAND);
  writeRecord(company, 'create', 'CompanyCurrency', { Code: 'EUR' });
  writeRecord(company, 'create', 'Customer', { DisplayName: 'Ann (EUR)', CurrencyRef: { value: 'EUR' } });
  return company;
}

const accountId = (company: Company, name: string): string =>
  textOf(accountNamed(company.store, name), 'Id')!;
const receivable = (company: Company): number =>
  company.store.ledger.homeBalance(accountId(company, 'Accounts Receivable (A/R) - EUR'));
/** Home cents lost by exchange; negative where there was a gain. */
const exchangeLoss = (company: Company): number =>
  company.store.ledger.homeBalance(accountId(company, EXCHANGE_GAIN_OR_LOSS));

function invoice(company: Company, cents: number, ExchangeRate?: number): Body {
  return writeRecord(company, 'create', 'Invoice', {
    CustomerRef: { value: '1' },
    ...(ExchangeRate === undefined ? {} : { ExchangeRate }),
    Line: [{ Amount: majorOf(cents), DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} }],
  });
}

function pay(company: Company, invoiceId: unknown, cents: number, ExchangeRate: number): Body {
  return writeRecord(company, 'create', 'Payment', {
    CustomerRef: { value: '1' },
    ExchangeRate,
    TotalAmt: majorOf(cents),
    Line: [{ Amount: majorOf(cents), LinkedTxn: [{ TxnId: invoiceId as string, TxnType: 'Invoice' }] }],
  });
}

describe('a company with several currencies', () => {
  it('keeps receivables per currency and books what the rate gained at the payment', () => {
    const company = openEuroBooks();
    const { Id } = invoice(company, 100_000, 1.1);
    expect(receivable(company)).toBe(110_000);
    pay(company, Id, 100_000, 1.15);
    expect(receivable(company)).toBe(0);
    expect(exchangeLoss(company)).toBe(-5000);
    expect(company.store.ledger.homeBalance('4')).toBe(115_000);
  });

  it('books what was paid already anew where the invoice is given another rate', () => {
    const company = openEuroBooks();
    const { Id } = invoice(company, 100_000, 1.1);
    pay(company, Id, 40_000, 1.15);
    pay(company, Id, 20_000, 1.2);
    const rated = (ExchangeRate: number) => {
      const { SyncToken } = company.store.find('Invoice', Id as string)!;
      writeRecord(company, 'update', 'Invoice', {
        Id: Id!,
        SyncToken: SyncToken!,
        sparse: true,
        ExchangeRate,
      });
      return [receivable(company), exchangeLoss(company)];
    };
    expect(rated(1.3)).toEqual([52_000, 8000]);
    pay(company, Id, 40_000, 1.15);
    expect(rated(1.1)).toEqual([0, -6000]);
    expect(rated(1.3)).toEqual([0, 14_000]);
  });

  it('books one to one where no rate is sent', () => {
    const company = openEuroBooks();
    expect(invoice(company, 100_000)).toMatchObject({ ExchangeRate: 1, HomeTotalAmt: 1000 });
  });

  it('shows what is open in home currency as it is paid', () => {
    const company = openEuroBooks();
    const { Id } = invoice(company, 100_000, 1.1);
    pay(company, Id, 40_000, 1.2);
    expect(company.store.find('Invoice', Id as string)).toMatchObject({
      Balance: 600,
      HomeBalance: 660,
    });
  });

  it('has nothing open in home currency once nothing is open, whatever the rates and parts', () => {
    const rate = fc.integer({ min: 5000, max: 20_000 }).map((tenThousandths) => tenThousandths / 10_000);
    const part = fc.record({
      cents: fc.integer({ min: 1, max: 4000 }),
      rate,
      undo: fc.constantFrom('no', 'void', 'delete'),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 9999 }),
        rate,
        fc.array(part, { maxLength: 8 }),
        (total, at, parts) => {
          const company = openEuroBooks();
          const { Id } = invoice(company, total, at);
          const open = (): number =>
            Math.round(Number(company.store.find('Invoice', Id as string)?.Balance) * 100);
          const step = (cents: number, rateOfDay: number, undo: string): void => {
            try {
              const payment = pay(company, Id, Math.min(cents, open()), rateOfDay);
              if (undo !== 'no')
                writeRecord(company, undo as 'void', 'Payment', { Id: payment.Id! }, BY_HAND);
            } catch (error) {
              if (!(error instanceof Fault)) throw error;
            }
          };
          for (const { cents, rate: rateOfDay, undo } of parts) step(cents, rateOfDay, undo);
          step(open(), 1.3, 'no');
          expect(receivable(company)).toBe(0);
          const accounts = company.store
            .all('Account')
            .map((one) => company.store.ledger.homeBalance(textOf(one, 'Id')!));
          expect(accounts.reduce((sum, one) => sum + one, 0)).toBe(0);
          for (const { Id: paymentId } of company.store.all('Payment'))
            writeRecord(company, 'delete', 'Payment', { Id: paymentId! }, BY_HAND);
          expect(exchangeLoss(company)).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refuses a transaction in another currency than its customer, and a rate of nothing', () => {
    const company = openEuroBooks();
    const sale = { CustomerRef: { value: '1' }, Line: [{ Amount: 5, DetailType: 'SalesItemLineDetail' }] };
    expect(() =>
      writeRecord(company, 'create', 'Invoice', { ...sale, CurrencyRef: { value: 'USD' } }),
    ).toThrow('6000');
    expect(() => writeRecord(company, 'create', 'Invoice', { ...sale, ExchangeRate: 0 })).toThrow('2070');
  });

  it('takes a payment into an account of its own or the home currency only', () => {
    const company = openEuroBooks();
    writeRecord(company, 'create', 'CompanyCurrency', { Code: 'GBP' });
    const bank = writeRecord(company, 'create', 'Account', {
      Name: 'London',
      AccountType: 'Bank',
      CurrencyRef: { value: 'GBP' },
    });
    const payment = { CustomerRef: { value: '1' }, TotalAmt: 5 };
    const into = (id: unknown): Body => ({ ...payment, DepositToAccountRef: { value: id as string } });
    expect(() => writeRecord(company, 'create', 'Payment', into(bank.Id))).toThrow('6000');
    expect(writeRecord(company, 'create', 'Payment', into('35'))).toMatchObject({ TotalAmt: 5 });
  });
});
