import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';
import type { Body } from './json.ts';

const expense = (Amount: number): Body => ({
  Amount,
  DetailType: 'AccountBasedExpenseLineDetail',
  AccountBasedExpenseLineDetail: { AccountRef: { value: '7' } },
});
const posting = (PostingType: string, account: string): Body => ({
  Amount: 12.5,
  DetailType: 'JournalEntryLineDetail',
  JournalEntryLineDetail: { PostingType, AccountRef: { value: account } },
});

/** Each entity with the least it takes to create one, and a change to make. */
const ENTITIES: readonly (readonly [name: string, create: Body, change: Body])[] = [
  ['Account', { Name: 'Petty cash', AccountType: 'Bank' }, { Description: 'tin box' }],
  ['Item', { Name: 'CRM Service', Type: 'Service', IncomeAccountRef: { value: '79' } }, { UnitPrice: 5 }],
  ['Customer', { DisplayName: 'C' }, { Notes: 'n' }],
  ['Vendor', { DisplayName: 'V' }, { AcctNum: '7' }],
  ['Employee', { GivenName: 'E' }, { FamilyName: 'F' }],
  ['Class', { Name: 'North' }, { Name: 'South' }],
  ['Department', { Name: 'Shop' }, { Name: 'Store' }],
  ['Term', { Name: 'Net 7', DueDays: 7 }, { DueDays: 8 }],
  ['PaymentMethod', { Name: 'Barter' }, { Name: 'Swap' }],
  ['TaxAgency', { DisplayName: 'County' }, { TaxTrackedOnPurchases: true }],
  ['Attachable', { FileName: 'a.pdf', Note: 'plan' }, { Note: 'photo' }],
  [
    'Budget',
    {
      Name: 'B',
      StartDate: '2026-01-01',
      EndDate: '2026-12-31',
      BudgetType: 'ProfitAndLoss',
      BudgetEntryType: 'Monthly',
    },
    { Name: 'B2' },
  ],
  ['Invoice', invoiceOf('1', 10), { PrivateNote: 'n' }],
  ['Estimate', invoiceOf('1', 10), { TxnStatus: 'Accepted' }],
  ['CreditMemo', invoiceOf('1', 10), { PrivateNote: 'n' }],
  ['SalesReceipt', invoiceOf('1', 10), { PrivateNote: 'n' }],
  ['RefundReceipt', invoiceOf('1', 10, { DepositToAccountRef: { value: '35' } }), { PrivateNote: 'n' }],
  ['Payment', { CustomerRef: { value: '1' }, TotalAmt: 5 }, { PrivateNote: 'n' }],
  ['Bill', { VendorRef: { value: '2' }, Line: [expense(30)] }, { PrivateNote: 'n' }],
  ['VendorCredit', { VendorRef: { value: '2' }, Line: [expense(5)] }, { PrivateNote: 'n' }],
  [
    'BillPayment',
    {
      VendorRef: { value: '2' },
      TotalAmt: 5,
      PayType: 'Check',
      CheckPayment: { BankAccountRef: { value: '35' } },
    },
    { PrivateNote: 'n' },
  ],
  [
    'Purchase',
    { AccountRef: { value: '35' }, PaymentType: 'Cash', Line: [expense(9)] },
    { PrivateNote: 'n' },
  ],
  [
    'PurchaseOrder',
    { VendorRef: { value: '2' }, APAccountRef: { value: '33' }, Line: [expense(9)] },
    { Memo: 'm' },
  ],
  [
    'Deposit',
    {
      DepositToAccountRef: { value: '35' },
      Line: [
        { Amount: 3, DetailType: 'DepositLineDetail', DepositLineDetail: { AccountRef: { value: '1' } } },
      ],
    },
    { PrivateNote: 'n' },
  ],
  ['JournalEntry', { Line: [posting('Debit', '35'), posting('Credit', '1')] }, { PrivateNote: 'n' }],
  [
    'Transfer',
    { FromAccountRef: { value: '35' }, ToAccountRef: { value: '36' }, Amount: 4 },
    { PrivateNote: 'n' },
  ],
  ['TimeActivity', { NameOf: 'Vendor', VendorRef: { value: '2' }, Hours: 3 }, { Description: 'dug' }],
];
const DELETED = new Set(ENTITIES.slice(10).map(([name]) => name));
const UNTRACKED = new Set(['TaxAgency', 'TimeActivity']);

describe('every entity', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openTestBooks();
    await books.create('customer', { DisplayName: 'Someone' });
    await books.create('vendor', { DisplayName: 'Supplier' });
  });
  afterAll(() => books.close());

  it.each(ENTITIES)(
    '%s is created, read, found, changed, captured, and deleted or made inactive',
    async (name, body, change) => {
      const made = await books.create(name.toLowerCase(), body);
      const changed = await books.change(name.toLowerCase(), {
        ...change,
        Id: made.Id,
        SyncToken: '0',
        sparse: true,
      });
      const found = (await books.query(`select * from ${name} where Id = '${made.Id}'`))[name];
      const cdc = await books.ask(
        'GET',
        `cdc?entities=${name}&changedSince=2020-01-01`.replace(
          '2020-01-01',
          new Date(Date.now() - 60_000).toISOString(),
        ),
      );
      const last = DELETED.has(name)
        ? await books.change(name.toLowerCase(), { Id: made.Id, SyncToken: '1' }, '?operation=delete')
        : await books.change(name.toLowerCase(), {
            Id: made.Id,
            SyncToken: '1',
            sparse: true,
            Active: false,
          });

      expect(made).toMatchObject({
        SyncToken: '0',
        domain: 'QBO',
        sparse: false,
        MetaData: { CreateTime: expect.any(String) },
      });
      expect(changed).toMatchObject({ ...change, SyncToken: '1' });
      expect(found).toEqual([changed]);
      expect(cdc.status).toBe(UNTRACKED.has(name) ? 400 : 200);
      expect(last).toMatchObject(DELETED.has(name) ? { status: 'Deleted' } : { Active: false });
    },
  );

  it('draws transaction Ids from one sequence, names from another', async () => {
    const invoice = await books.create('invoice', invoiceOf('1', 1));
    const payment = await books.create('payment', { CustomerRef: { value: '1' }, TotalAmt: 1 });
    const vendor = await books.create('vendor', { DisplayName: 'Next' });
    const customer = await books.create('customer', { DisplayName: 'Next but one' });

    expect(Number(payment.Id)).toBe(Number(invoice.Id) + 1);
    expect(Number(customer.Id)).toBe(Number(vendor.Id) + 1);
    expect(Number(customer.Id)).toBeLessThan(100);
  });

  it('has company and settings once, for reading and changing', async () => {
    const company = await books.read('companyinfo', REALM);
    const renamed = await books.change('companyinfo', {
      Id: '1',
      SyncToken: company.SyncToken,
      sparse: true,
      CompanyName: 'Renamed',
    });
    const prefs = await books.read('preferences', '').catch(() => null);
    const { body } = await books.ask('GET', 'preferences');

    expect(renamed).toMatchObject({ CompanyName: 'Renamed', SyncToken: '1', Country: 'US' });
    expect(prefs ?? body.Preferences).toMatchObject({
      SalesFormsPrefs: { CustomTxnNumbers: false },
      CurrencyPrefs: { HomeCurrency: { value: 'USD' } },
    });
    expect((await books.query('select * from CompanyInfo')).CompanyInfo).toMatchObject([
      { CompanyName: 'Renamed' },
    ]);
  });

  it('refuses a journal entry that does not balance, and an item without income', async () => {
    expect(await books.codeOf('POST', 'journalentry', { Line: [posting('Debit', '35')] })).toBe('6000');
    expect(await books.codeOf('POST', 'item', { Name: 'Free', Type: 'Service' })).toBe('2020');
    expect(
      await books.codeOf('POST', 'item', {
        Name: 'Hours',
        Type: 'Service',
        IncomeAccountRef: { value: '1' },
      }),
    ).toBe('6240');
    expect(await books.codeOf('POST', 'account', { Name: 'Odd', AccountType: 'Shoebox' })).toBe('2170');
  });

  it('settles a bill with a bill payment and a vendor credit', async () => {
    const bill = await books.create('bill', { VendorRef: { value: '2' }, Line: [expense(100)] });
    const credit = await books.create('vendorcredit', { VendorRef: { value: '2' }, Line: [expense(20)] });
    const line = (Amount: number, TxnId: string, TxnType: string): Body => ({
      Amount,
      LinkedTxn: [{ TxnId, TxnType }],
    });
    await books.create('billpayment', {
      VendorRef: { value: '2' },
      TotalAmt: 50,
      PayType: 'Check',
      CheckPayment: { BankAccountRef: { value: '35' } },
      Line: [line(70, bill.Id, 'Bill'), line(20, credit.Id, 'VendorCredit')],
    });

    expect(await books.read('bill', bill.Id)).toMatchObject({
      Balance: 30,
      LinkedTxn: [{ TxnType: 'BillPaymentCheck' }],
    });
    expect(await books.read('vendorcredit', credit.Id)).toMatchObject({ Balance: 0 });
    expect(await books.read('vendor', '2')).toMatchObject({ Balance: 30 });
  });

  it('keeps several currencies once they are turned on, for good', async () => {
    await books.control.setPreferences(REALM, { MultiCurrencyEnabled: true });
    await books.create('companycurrency', { Code: 'JPY' });
    await books.create('exchangerate', { SourceCurrencyCode: 'JPY', Rate: 0.0065, AsOfDate: '2026-01-01' });
    const customer = await books.create('customer', { DisplayName: 'Tokyo', CurrencyRef: { value: 'JPY' } });
    const invoice = await books.create('invoice', invoiceOf(customer.Id, 1000.4, { ExchangeRate: 0.0065 }));
    const { body } = await books.ask('GET', 'exchangerate?sourcecurrencycode=JPY&asofdate=2026-02-01');

    expect(invoice).toMatchObject({
      CurrencyRef: { value: 'JPY', name: 'Japanese Yen' },
      TotalAmt: 1000.4,
      HomeTotalAmt: 6.5,
      HomeBalance: 6.5,
    });
    expect(body.ExchangeRate).toMatchObject({ Rate: 0.0065, TargetCurrencyCode: 'USD' });
    expect(
      await books.codeOf('POST', 'invoice', invoiceOf(customer.Id, 5, { CurrencyRef: { value: 'USD' } })),
    ).toBe('6000');
    expect(
      await books.codeOf('POST', 'customer', {
        Id: customer.Id,
        SyncToken: '0',
        sparse: true,
        CurrencyRef: { value: 'USD' },
      }),
    ).toBe('2220');
    await expect(books.control.setPreferences(REALM, { MultiCurrencyEnabled: false })).rejects.toThrow(
      '6000',
    );
  });
});
