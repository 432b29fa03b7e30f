import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';
import { refOf } from './json.ts';

describe('invoices', () => {
  let books: Books;
  let customer: string;
  let count = 0;
  beforeAll(async () => {
    books = await openTestBooks();
  });
  afterAll(() => books.close());
  beforeEach(async () => {
    const made = await books.create('customer', {
      DisplayName: `Buyer ${(count += 1)}`,
      PrimaryEmailAddr: { Address: 'b@buyer.example' },
    });
    customer = made.Id;
  });

  it('come back with lines numbered, a subtotal, terms, a number and an open balance', async () => {
    const line = {
      DetailType: 'SalesItemLineDetail',
      Amount: 20.1,
      SalesItemLineDetail: { Qty: 3, UnitPrice: 6.7 },
    };
    const invoice = await books.create('invoice', {
      CustomerRef: { value: customer },
      TxnDate: '2026-03-01',
      Line: [line, { ...line, Amount: 0.2, SalesItemLineDetail: {} }],
    });

    expect(invoice).toMatchObject({
      DocNumber: expect.stringMatching(/^1\d{3}$/),
      TxnDate: '2026-03-01',
      DueDate: '2026-03-31',
      TotalAmt: 20.3,
      Balance: 20.3,
      LinkedTxn: [],
      EmailStatus: 'NotSet',
      PrintStatus: 'NeedToPrint',
      FreeFormAddress: true,
      ShipFromAddr: { Line1: expect.any(String), Line2: expect.stringContaining(', ') },
      MetaData: { LastModifiedByRef: { value: expect.stringMatching(/^\d+$/) } },
      CurrencyRef: { value: 'USD' },
      TxnTaxDetail: { TotalTax: 0 },
    });
    // QuickBooks' own page fills in the customer's address; the API sends an invoice to nobody by itself.
    expect(invoice).not.toHaveProperty('BillEmail');
    expect(invoice.Line).toMatchObject([
      {
        Id: '1',
        LineNum: 1,
        SalesItemLineDetail: {
          ItemRef: { value: '1', name: 'Services' },
          ItemAccountRef: { value: '1', name: 'Services' },
          TaxCodeRef: { value: 'NON' },
        },
      },
      { Id: '2', LineNum: 2 },
      { Amount: 20.3, DetailType: 'SubTotalLineDetail' },
    ]);
  });

  it.each([
    { name: 'no customer', body: { Line: [{ Amount: 1, DetailType: 'SalesItemLineDetail' }] }, code: '2020' },
    { name: 'no line', body: { CustomerRef: { value: '1' } }, code: '2020' },
    {
      name: 'a line without an amount',
      body: { ...invoiceOf('1', 1), Line: [{ DetailType: 'SalesItemLineDetail' }] },
      code: '2020',
    },
    {
      name: 'a kind of line QBO does not have',
      body: { ...invoiceOf('1', 1), Line: [{ Amount: 1, DetailType: 'Magic' }] },
      code: '2170',
    },
    {
      name: 'an amount that is not quantity times price',
      body: {
        ...invoiceOf('1', 1),
        Line: [
          { Amount: 7, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { Qty: 2, UnitPrice: 3 } },
        ],
      },
      code: '6070',
    },
    { name: 'a negative total', body: invoiceOf('1', -1), code: '6000' },
    {
      name: 'a document number of 22 characters',
      body: invoiceOf('1', 1, { DocNumber: 'x'.repeat(22) }),
      code: '2050',
    },
    {
      name: 'a day that is not in the calendar',
      body: invoiceOf('1', 1, { TxnDate: '2026-02-30' }),
      code: '2060',
    },
    { name: 'a customer that does not exist', body: invoiceOf('4711', 1), code: '2500' },
    {
      name: 'mail to send and no address',
      body: invoiceOf('1', 1, { EmailStatus: 'NeedToSend', BillEmail: {} }),
      code: '2020',
    },
  ])('are refused with $code for $name', async ({ body, code }) => {
    const mine = refOf(body, 'CustomerRef') === '1' ? { ...body, CustomerRef: { value: customer } } : body;
    expect(await books.codeOf('POST', 'invoice', mine)).toBe(code);
  });

  it('take a discount off the subtotal', async () => {
    const discount = {
      DetailType: 'DiscountLineDetail',
      DiscountLineDetail: { PercentBased: true, DiscountPercent: 12.5 },
    };
    const body = invoiceOf(customer, 99.99);
    expect(await books.create('invoice', { ...body, Line: [...(body.Line as []), discount] })).toMatchObject({
      TotalAmt: 87.49,
    });
  });

  it('follow the rules for document numbers', async () => {
    const sent = await books.create('invoice', invoiceOf(customer, 1, { DocNumber: 'CRM-1' }));
    const twin = await books.create('invoice', invoiceOf(customer, 1, { DocNumber: 'CRM-1' }));
    await books.control.setPreferences(REALM, { CustomTxnNumbers: true, warn_duplicate_numbers: true });
    const none = await books.create('invoice', invoiceOf(customer, 1));
    const refused = await books.codeOf('POST', 'invoice', invoiceOf(customer, 1, { DocNumber: 'CRM-1' }));
    const allowed = await books.codeOf(
      'POST',
      'invoice?include=allowduplicatedocnum',
      invoiceOf(customer, 1, { DocNumber: 'CRM-1' }),
    );
    await books.control.setPreferences(REALM, { CustomTxnNumbers: false, warn_duplicate_numbers: false });

    expect([sent.DocNumber, twin.DocNumber]).toEqual(['CRM-1', 'CRM-1']);
    expect(none).not.toHaveProperty('DocNumber');
    expect(refused).toBe('6140');
    expect(allowed).toBeNull();
  });

  it('are mailed without a new SyncToken', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 10));
    const { body } = await books.ask('POST', `invoice/${invoice.Id}/send?sendTo=x@y.example`, undefined, {
      'content-type': 'application/octet-stream',
    });

    expect(body.Invoice).toMatchObject({
      EmailStatus: 'EmailSent',
      SyncToken: '0',
      BillEmail: { Address: 'x@y.example' },
      DeliveryInfo: { DeliveryType: 'Email' },
    });
  });

  it('are refused once the books are closed or the subscription has ended', async () => {
    await books.control.setPreferences(REALM, { BookCloseDate: '2026-01-31' });
    const closed = await books.codeOf('POST', 'invoice', invoiceOf(customer, 1, { TxnDate: '2026-01-31' }));
    const open = await books.codeOf('POST', 'invoice', invoiceOf(customer, 1, { TxnDate: '2026-02-01' }));
    await books.control.setSubscription(REALM, 'ended');
    const ended = await books.codeOf('POST', 'invoice', invoiceOf(customer, 1));
    const read = await books.codeOf('GET', `customer/${customer}`);
    await books.control.setSubscription(REALM, 'active');

    expect([closed, open, ended, read]).toEqual(['6210', null, '6190', null]);
  });

  it('close the estimate they are made from', async () => {
    const estimate = await books.create('estimate', invoiceOf(customer, 40));
    const LinkedTxn = [{ TxnId: estimate.Id, TxnType: 'Estimate' }];
    const invoice = await books.create('invoice', invoiceOf(customer, 40, { LinkedTxn }));

    expect(invoice.LinkedTxn).toEqual(LinkedTxn);
    expect(await books.read('estimate', estimate.Id)).toMatchObject({
      TxnStatus: 'Closed',
      LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }],
    });
    const missing = { LinkedTxn: [{ TxnId: '9999', TxnType: 'Estimate' }] };
    expect(await books.codeOf('POST', 'invoice', invoiceOf(customer, 40, missing))).toBe('620');
  });

  it('carry automated sales tax on their taxed lines only', async () => {
    await books.control.patchSwitches({ salesTaxPercent: 8 });
    const line = (Amount: number, code: string) => ({
      Amount,
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: { TaxCodeRef: { value: code } },
    });
    const taxed = await books.create('invoice', {
      CustomerRef: { value: customer },
      Line: [line(10.55, 'TAX'), line(100, 'NON')],
    });
    await books.control.patchSwitches({ salesTaxPercent: 0 });

    expect(taxed).toMatchObject({ TotalAmt: 111.39, TxnTaxDetail: { TotalTax: 0.84 } });
  });
});
