import { describe, expect, it } from 'vitest';
import { UnreadableFieldError } from './json-reader.js';
import { readCompanyInfo, readPreferences } from './company-from-qbo.js';
import { readAccount, readCustomer, readInvoice, readItem, readPayment } from './from-qbo.js';

const INVOICE = {
  domain: 'QBO',
  sparse: false,
  Id: '155',
  SyncToken: '3',
  MetaData: { LastUpdatedTime: '2026-05-05T02:08:55-07:00' },
  DocNumber: 'CRM-2026-0001',
  TxnDate: '2026-11-22',
  DueDate: '2026-12-06',
  CurrencyRef: { value: 'USD', name: 'United States Dollar' },
  PrivateNote: 'crm:inv:7f3a',
  LinkedTxn: [
    { TxnId: '180', TxnType: 'Payment' },
    { TxnId: '12', TxnType: 'Estimate' },
    { TxnId: '179', TxnType: 'PAYMENT' },
  ],
  CustomerRef: { value: '60', name: 'Acme' },
  Line: [
    { Amount: 2400, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '31' } } },
    { Amount: -30.48, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '32' } } },
    { Amount: 2369.52, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} },
  ],
  TotalAmt: 2369.52,
  Balance: 629.1,
};

describe('An invoice', () => {
  it('is read with its money in cents and its instants in UTC', () => {
    expect(readInvoice(INVOICE)).toEqual({
      id: '155',
      syncToken: '3',
      docNumber: 'CRM-2026-0001',
      customerId: '60',
      txnDate: '2026-11-22',
      dueDate: '2026-12-06',
      currency: 'USD',
      exchangeRate: null,
      totalCents: 236_952,
      homeTotalCents: null,
      taxCents: 0,
      balanceCents: 62_910,
      privateNote: 'crm:inv:7f3a',
      linkedPaymentIds: ['180', '179'],
      depositCents: 0,
      otherLinks: [],
      itemLines: [
        { itemId: '31', amountCents: 240_000, taxCode: null },
        { itemId: '32', amountCents: -3_048, taxCode: null },
      ],
      taxLines: [],
      createdAt: null,
      lastUpdatedAt: new Date('2026-05-05T09:08:55Z'),
    });
  });

  it('is read without its lines where one of them cannot be', () => {
    expect(readInvoice({ ...INVOICE, Line: [false] })).toMatchObject({ id: '155', itemLines: null });
    const TxnTaxDetail = { TotalTax: 20, TaxLine: [false] };
    expect(readInvoice({ ...INVOICE, TxnTaxDetail })).toMatchObject({ taxCents: 2_000, taxLines: null });
  });

  it('is read with the tax code of each line, and with what QuickBooks has counted on what', () => {
    const detail = { ItemRef: { value: '31' }, TaxCodeRef: { value: '3' } };
    const Line = [{ Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: detail }];
    const TaxLine = [{ Amount: 20, TaxLineDetail: { TaxPercent: 20, NetAmountTaxable: 100 } }];
    expect(readInvoice({ ...INVOICE, Line, TxnTaxDetail: { TotalTax: 20, TaxLine } })).toMatchObject({
      itemLines: [{ itemId: '31', amountCents: 10_000, taxCode: '3' }],
      taxLines: [{ rateId: null, netCents: 10_000, taxCents: 2_000 }],
    });
  });

  it('may lack all that QuickBooks leaves out when it is empty', () => {
    const { Id, SyncToken, CustomerRef, TotalAmt, Balance } = INVOICE;
    expect(readInvoice({ Id, SyncToken, CustomerRef, TotalAmt, Balance })).toMatchObject({
      docNumber: null,
      dueDate: null,
      currency: null,
      linkedPaymentIds: [],
      createdAt: null,
      lastUpdatedAt: null,
    });
  });

  it.each([
    ['Id', undefined, 'Invoice.Id is missing'],
    ['Id', 155, 'Invoice.Id is not a string of digits'],
    ['SyncToken', 'x', 'Invoice.SyncToken is not a string of digits'],
    ['TotalAmt', '12,50', 'Invoice.TotalAmt is not an amount of money'],
    ['Balance', undefined, 'Invoice.Balance is not an amount of money'],
    ['TxnDate', '22.11.2026', 'Invoice.TxnDate is not a day'],
    ['DocNumber', 7, 'Invoice.DocNumber is not a text'],
    ['CustomerRef', undefined, 'Invoice.CustomerRef is not an object'],
    ['CustomerRef', { name: 'Acme' }, 'Invoice.CustomerRef.value is missing'],
    ['LinkedTxn', {}, 'Invoice.LinkedTxn is not a list'],
    [
      'MetaData',
      { LastUpdatedTime: '2026-05-05T02:08:55' },
      'Invoice.MetaData.LastUpdatedTime is not an instant with a time zone',
    ],
  ])('is refused by the name of the field: %s %j', (field, value, message) => {
    expect(() => readInvoice({ ...INVOICE, [field]: value })).toThrow(
      new UnreadableFieldError(message, '').message.trim(),
    );
  });

  it.each([null, [], 'Invoice', undefined])('is not %j', (value) => {
    expect(() => readInvoice(value)).toThrow(UnreadableFieldError);
  });
});

describe('A payment', () => {
  it('tells what each invoice got of it', () => {
    const payment = {
      Id: '180',
      SyncToken: '0',
      CustomerRef: { value: '60' },
      TotalAmt: 80,
      UnappliedAmt: 5.5,
      TxnDate: '2026-11-22',
      Line: [
        { Amount: 70.25, LinkedTxn: [{ TxnId: '155', TxnType: 'invoice' }] },
        { Amount: 4.25, LinkedTxn: [{ TxnId: '9', TxnType: 'CreditMemo' }] },
        { Amount: 1, LinkedTxn: [] },
      ],
    };
    expect(readPayment(payment)).toMatchObject({
      totalCents: 8000,
      unappliedCents: 550,
      applications: [{ invoiceId: '155', amountCents: 7025 }],
    });
  });
});

describe('Everything else', () => {
  it('is read as far as it is needed', () => {
    expect(
      readCustomer({
        Id: '1',
        SyncToken: '0',
        DisplayName: 'Eva',
        PrimaryEmailAddr: { Address: 'eva@acme.test' },
      }),
    ).toEqual({
      id: '1',
      syncToken: '0',
      displayName: 'Eva',
      givenName: null,
      familyName: null,
      companyName: null,
      email: 'eva@acme.test',
      phone: null,
      otherPhones: [],
      parentId: null,
      currency: null,
      active: true,
    });
    expect(readItem({ Id: '3', SyncToken: '0', Name: 'Roof Deposit', Active: false }).active).toBe(false);
    expect(readAccount({ Id: '79', Name: 'Sales', AccountType: 'Income' }).accountSubType).toBeNull();
    expect(readCompanyInfo({ CompanyName: 'Acme', Country: 'US' })).toEqual({
      companyName: 'Acme',
      country: 'US',
      subscription: null,
      offering: null,
    });
    expect(readPreferences({ CurrencyPrefs: { HomeCurrency: { value: 'USD' } } })).toMatchObject({
      homeCurrency: 'USD',
      multiCurrency: false,
      customTxnNumbers: false,
      autoApplyCredit: false,
      bookCloseDate: null,
      usingSalesTax: false,
    });
  });
});

describe('What no database keeps', () => {
  it.each([
    ['a day that no calendar has', { TxnDate: '2026-02-30' }, 'Invoice.TxnDate is not a day'],
    [
      'a year beyond any',
      { MetaData: { LastUpdatedTime: '+012026-01-01T00:00:00Z' } },
      'LastUpdatedTime is not',
    ],
    ['a version beyond counting', { SyncToken: '9'.repeat(19) }, 'SyncToken is not the number of a version'],
    ['a currency of another length', { CurrencyRef: { value: 'DOLLAR' } }, 'CurrencyRef is not a currency'],
    [
      'a payment without an id',
      { LinkedTxn: [{ TxnId: 'new', TxnType: 'Payment' }] },
      'TxnId is not a string',
    ],
  ])('is not read: %s', (_, fields, message) => {
    expect(() => readInvoice({ ...INVOICE, ...fields })).toThrow(UnreadableFieldError);
    expect(() => readInvoice({ ...INVOICE, ...fields })).toThrow(message);
  });

  it('is not read where lines come to more than can be counted', () => {
    const line = { Amount: 80_000_000_000_000, LinkedTxn: [{ TxnId: '1', TxnType: 'CreditMemo' }] };
    const payment = {
      Id: '1',
      SyncToken: '0',
      CustomerRef: { value: '60' },
      TotalAmt: 1,
      Line: [line, line],
    };
    expect(() => readPayment(payment)).toThrow('Payment.Line come to more than can be counted');
  });

  it('is cut off a number', () => {
    expect(readInvoice({ ...INVOICE, DocNumber: '7'.repeat(90) }).docNumber).toBe('7'.repeat(64));
  });

  it('is taken out of texts', () => {
    const text = 'Ann\0 Ruiz \ud83d';
    const { displayName } = readCustomer({ Id: '1', SyncToken: '0', DisplayName: text });
    expect(displayName).toBe('Ann Ruiz \ufffd');
  });
});
