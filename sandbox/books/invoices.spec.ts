import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks, paymentOf } from '../testing/books.ts';

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
    customer = String(made.Id);
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
      BillEmail: { Address: 'b@buyer.example' },
      CurrencyRef: { value: 'USD' },
      TxnTaxDetail: { TotalTax: 0 },
    });
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
    const mine = body.CustomerRef?.value === '1' ? { ...body, CustomerRef: { value: customer } } : body;
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

  it('gain a SyncToken and a link with each payment, and lose the link when it goes', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 100));
    const payment = await books.create('payment', paymentOf(customer, 40, invoice.Id));
    const partly = await books.read('invoice', invoice.Id);
    await books.change('payment', { Id: payment.Id, SyncToken: '0' }, '?operation=delete');

    expect(partly).toMatchObject({
      Balance: 60,
      SyncToken: '1',
      LinkedTxn: [{ TxnId: payment.Id, TxnType: 'Payment' }],
    });
    expect(await books.read('invoice', invoice.Id)).toMatchObject({
      Balance: 100,
      SyncToken: '2',
      LinkedTxn: [],
    });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: 100 });
  });

  it('are void with everything at nothing, and free the payments on them', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 100, { PrivateNote: 'crm:7' }));
    const payment = await books.create('payment', paymentOf(customer, 100, invoice.Id));
    const stale = await books.codeOf('POST', 'invoice?operation=void', { Id: invoice.Id, SyncToken: '0' });
    const voided = await books.change('invoice', { Id: invoice.Id, SyncToken: '1' }, '?operation=void');
    const again = await books.change('invoice', { Id: invoice.Id, SyncToken: '2' }, '?operation=void');

    expect(stale).toBe('5010');
    expect(voided).toMatchObject({
      TotalAmt: 0,
      Balance: 0,
      PrivateNote: 'Voided\ncrm:7',
      SyncToken: '2',
      LinkedTxn: [],
    });
    expect(voided.Line).toMatchObject([{ Amount: 0, SalesItemLineDetail: { Qty: 0 } }, { Amount: 0 }]);
    expect(again.SyncToken).toBe('2');
    expect(await books.read('payment', payment.Id)).toMatchObject({
      TotalAmt: 100,
      UnappliedAmt: 100,
      Line: [],
    });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: -100 });
  });

  it('refuse to be void while paid, where QBO is told to be strict', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 10));
    await books.create('payment', paymentOf(customer, 10, invoice.Id));
    await books.control.patchSwitches({ voidPaidInvoice: 'refuse' });
    const refused = await books.codeOf('POST', 'invoice?operation=void', { Id: invoice.Id, SyncToken: '1' });
    await books.control.patchSwitches({ voidPaidInvoice: 'allow' });

    expect(refused).toBe('6000');
  });

  it('leave nothing but their Id when they are deleted', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 10));
    const { body } = await books.ask('POST', 'invoice?operation=delete', { Id: invoice.Id, SyncToken: '0' });

    expect(body.Invoice).toEqual({ status: 'Deleted', domain: 'QBO', Id: invoice.Id });
    expect(await books.codeOf('GET', `invoice/${String(invoice.Id)}`)).toBe('610');
    expect(await books.codeOf('POST', 'payment', paymentOf(customer, 10, invoice.Id))).toBe('610');
    expect(await books.read('customer', customer)).toMatchObject({ Balance: 0 });
  });

  it('are not deleted through the API while payments hang on them; a person may', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 10));
    const payment = await books.create('payment', paymentOf(customer, 10, invoice.Id));
    const refused = await books.codeOf('POST', 'invoice?operation=delete', {
      Id: invoice.Id,
      SyncToken: '1',
    });
    await books.control.deleteInvoice(REALM, String(invoice.Id));

    expect(refused).toBe('800');
    expect(await books.read('payment', payment.Id)).toMatchObject({ UnappliedAmt: 10 });
  });

  it('give money back to the newest payment when their total falls below what is applied', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 100));
    const first = await books.create('payment', paymentOf(customer, 30, invoice.Id));
    const second = await books.create('payment', paymentOf(customer, 70, invoice.Id));
    const edited = await books.control.editInvoice(REALM, String(invoice.Id), { amount: 50 });

    expect(edited).toMatchObject({ TotalAmt: 50, Balance: 0 });
    expect(await books.read('payment', second.Id)).toMatchObject({
      UnappliedAmt: 50,
      Line: [{ Amount: 20 }],
    });
    expect(await books.read('payment', first.Id)).toMatchObject({ UnappliedAmt: 0, SyncToken: '0' });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: -50 });
  });

  it('are mailed without a new SyncToken', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 10));
    const { body } = await books.ask(
      'POST',
      `invoice/${String(invoice.Id)}/send?sendTo=x@y.example`,
      undefined,
      { 'content-type': 'application/octet-stream' },
    );

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
