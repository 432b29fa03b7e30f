import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks, paymentOf } from '../testing/books.ts';

describe('invoices, once sent,', () => {
  let books: Books;
  let customer: string;
  let count = 0;
  beforeAll(async () => {
    books = await openTestBooks();
  });
  afterAll(() => books.close());
  beforeEach(async () => {
    customer = (await books.create('customer', { DisplayName: `Debtor ${(count += 1)}` })).Id;
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

  it('refuse to be void while paid, where the switch refuses it', async () => {
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
    expect(await books.codeOf('GET', `invoice/${invoice.Id}`)).toBe('610');
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
    await books.control.deleteInvoice(REALM, invoice.Id);

    expect(refused).toBe('800');
    expect(await books.read('payment', payment.Id)).toMatchObject({ UnappliedAmt: 10 });
  });

  it('give money back to the newest payment when their total falls below what is applied', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 100));
    const first = await books.create('payment', paymentOf(customer, 30, invoice.Id));
    const second = await books.create('payment', paymentOf(customer, 70, invoice.Id));
    const edited = await books.control.editInvoice(REALM, invoice.Id, { amount: 50 });

    expect(edited).toMatchObject({ TotalAmt: 50, Balance: 0 });
    expect(await books.read('payment', second.Id)).toMatchObject({
      UnappliedAmt: 50,
      Line: [{ Amount: 20 }],
    });
    expect(await books.read('payment', first.Id)).toMatchObject({ UnappliedAmt: 0, SyncToken: '0' });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: -50 });
  });
});
