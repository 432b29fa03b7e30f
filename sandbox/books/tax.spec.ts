import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, openTestBooks } from '../testing/books.ts';
import { World } from '../world.ts';
import type { Company } from './company.ts';
import { createCompany } from './open-company.ts';
import { ACCOUNT } from './ledger/accounts.ts';
import type { Body } from './json.ts';
import { writeRecord } from './write-record.ts';

const line = (Amount: number, code?: string, detail: Body = {}): Body => ({
  Amount,
  DetailType: 'SalesItemLineDetail',
  SalesItemLineDetail: { ...(code === undefined ? {} : { TaxCodeRef: { value: code } }), ...detail },
});

describe('tax in the US', () => {
  let books: Books;
  let customer: string;
  beforeEach(async () => {
    books = await openTestBooks();
    customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
  });
  afterEach(() => books.close());

  const invoice = (Line: Body[], more: Body = {}): Promise<Body> =>
    books.create('invoice', { CustomerRef: { value: customer }, Line, ...more });

  it('of a code that is sent is computed and stays on the document', async () => {
    const made = await invoice([line(100, 'TAX')], {
      TxnTaxDetail: { TxnTaxCodeRef: { value: '2' }, TotalTax: 8 },
    });
    expect(made).toMatchObject({
      TotalAmt: 108,
      TxnTaxDetail: {
        TxnTaxCodeRef: { value: '2' },
        TotalTax: 8,
        TaxLine: [
          {
            Amount: 8,
            DetailType: 'TaxLineDetail',
            TaxLineDetail: { TaxRateRef: { value: '3' }, TaxPercent: 8, NetAmountTaxable: 100 },
          },
        ],
      },
    });
    const again = await books.change('invoice', {
      Id: made.Id!,
      SyncToken: '0',
      sparse: true,
      PrivateNote: 'n',
    });
    expect(again).toMatchObject({ TotalAmt: 108, TxnTaxDetail: { TotalTax: 8 } });
  });

  it('falls on lines whose item is taxable where they carry no code', async () => {
    const { Id } = await books.create('item', {
      Name: 'Tiles',
      IncomeAccountRef: { value: '1' },
      Taxable: true,
    });
    const detail = { ItemRef: { value: Id } };
    const made = await invoice([line(50, undefined, detail), line(50)], {
      TxnTaxDetail: { TxnTaxCodeRef: { value: '2' } },
    });
    expect(made).toMatchObject({ TotalAmt: 104, TxnTaxDetail: { TotalTax: 4 } });
  });

  it('is that of the state the sale goes to', async () => {
    await books.control.patchSwitches({ salesTaxByState: { CO: 4.5 } });
    const to = (CountrySubDivisionCode: string): Body => ({ ShipAddr: { CountrySubDivisionCode } });
    expect(await invoice([line(100, 'TAX')], to('CO'))).toMatchObject({ TotalAmt: 104.5 });
    expect(await invoice([line(100, 'TAX')], to('OR'))).toMatchObject({ TotalAmt: 100 });
    expect(await invoice([line(100, 'NON')], to('CO'))).toMatchObject({ TotalAmt: 100 });
  });

  it('that was sent is ignored under automated tax, unless the switch honours it', async () => {
    const sent = { TxnTaxDetail: { TotalTax: 7 } };
    expect(await invoice([line(100, 'TAX')], sent)).toMatchObject({ TotalAmt: 100 });
    await books.control.patchSwitches({ explicitTax: 'honoured' });
    expect(await invoice([line(100, 'TAX')], sent)).toMatchObject({ TotalAmt: 107 });
  });

  it('is taken as sent by a company that files by hand', async () => {
    await books.control.setPreferences(REALM, { PartnerTaxEnabled: false });
    expect(await invoice([line(100, 'TAX')], { TxnTaxDetail: { TotalTax: 7 } })).toMatchObject({
      TotalAmt: 107,
    });
  });

  it('is refused where sales tax is off', async () => {
    await books.control.setPreferences(REALM, { UsingSalesTax: false });
    const body = { CustomerRef: { value: customer }, Line: [line(100)], TxnTaxDetail: { TotalTax: 7 } };
    expect(await books.codeOf('POST', 'invoice', body)).toBe('6000');
  });

  it('is owed to the agency until it is paid', async () => {
    await invoice([line(100, 'TAX')], { TxnTaxDetail: { TxnTaxCodeRef: { value: '2' } } });
    expect(await books.read('account', ACCOUNT.salesTaxPayable)).toMatchObject({ CurrentBalance: -8 });
  });
});

describe('tax outside the US', () => {
  it.each([
    ['US', 'USA'],
    ['GB', 'United Kingdom'],
    ['AU', 'Australia'],
    ['CA', 'Canada'],
  ] as const)('is that of a company with an address in its country: %s', (country, named) => {
    const info = createCompany(new World(), { country }).store.all('CompanyInfo')[0];
    expect(info).toMatchObject({ Country: country, CompanyAddr: { Country: named } });
  });

  let company: Company;
  beforeEach(() => {
    company = createCompany(new World(), { country: 'GB' });
    writeRecord(company, 'create', 'Customer', { DisplayName: 'Ann' });
    writeRecord(company, 'create', 'Vendor', { DisplayName: 'Lumber' });
  });
  const invoice = (Line: Body[], more: Body = {}): Body =>
    writeRecord(company, 'create', 'Invoice', { CustomerRef: { value: '1' }, Line, ...more });

  it('is added by the code of each line', () => {
    expect(invoice([line(100, '3'), line(40, '4'), line(10, '6')])).toMatchObject({
      CurrencyRef: { value: 'GBP' },
      TotalAmt: 172,
      GlobalTaxCalculation: 'TaxExcluded',
      TxnTaxDetail: { TotalTax: 22, TaxLine: [{ Amount: 20 }, { Amount: 2 }] },
    });
  });

  it('is taken out of each line by itself where amounts include it', () => {
    const five = Array.from({ length: 5 }, () => line(4, '3'));
    const inclusive = { GlobalTaxCalculation: 'TaxInclusive' };
    expect(invoice(five, inclusive)).toMatchObject({ TotalAmt: 20, TxnTaxDetail: { TotalTax: 3.35 } });
    expect(invoice([line(20, '3')], inclusive)).toMatchObject({
      TotalAmt: 20,
      TxnTaxDetail: { TotalTax: 3.33 },
    });
  });

  it('needs a code on every line, unless it does not apply', () => {
    expect(() => invoice([line(100)])).toThrow('6000');
    expect(invoice([line(100)], { GlobalTaxCalculation: 'NotApplicable' })).toMatchObject({ TotalAmt: 100 });
  });

  it('on what is bought is claimed back', () => {
    const detail = { AccountRef: { value: '7' }, TaxCodeRef: { value: '3' } };
    const Line = [
      { Amount: 50, DetailType: 'AccountBasedExpenseLineDetail', AccountBasedExpenseLineDetail: detail },
    ];
    const bill = writeRecord(company, 'create', 'Bill', { VendorRef: { value: '2' }, Line });
    expect(bill).toMatchObject({ TotalAmt: 60, Balance: 60, TxnTaxDetail: { TotalTax: 10 } });
    expect(company.store.ledger.homeBalance(ACCOUNT.salesTaxPayable)).toBe(1000);
  });
});
