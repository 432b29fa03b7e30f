import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks, paymentOf } from '../testing/books.ts';

describe('payments', () => {
  let books: Books;
  let customer: string;
  let invoice: string;
  let count = 0;
  beforeAll(async () => {
    books = await openTestBooks();
  });
  afterAll(() => books.close());
  beforeEach(async () => {
    customer = (await books.create('customer', { DisplayName: `Payer ${(count += 1)}` })).Id;
    invoice = (await books.create('invoice', invoiceOf(customer, 100, { DocNumber: `P-${count}` }))).Id;
  });

  it('land in Undeposited Funds and note what was open', async () => {
    const payment = await books.create('payment', paymentOf(customer, 80, invoice));
    const [line] = payment.Line as { LineEx: { any: { value: object }[] } }[];

    expect(payment).toMatchObject({
      TotalAmt: 80,
      UnappliedAmt: 0,
      DepositToAccountRef: { value: '4' },
      ProcessPayment: false,
      SyncToken: '0',
    });
    expect(line!.LineEx.any.map((one) => one.value)).toEqual([
      { Name: 'txnId', Value: invoice },
      { Name: 'txnOpenBalance', Value: '100.00' },
      { Name: 'txnReferenceNumber', Value: `P-${count}` },
    ]);
  });

  it('above the open balance are clipped, and the rest stays with the customer', async () => {
    const payment = await books.create('payment', paymentOf(customer, 130.05, invoice));

    expect(payment).toMatchObject({ UnappliedAmt: 30.05, Line: [{ Amount: 100 }] });
    expect(await books.read('invoice', invoice)).toMatchObject({ Balance: 0 });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: -30.05 });
  });

  it('on a paid invoice are taken and stay unapplied', async () => {
    await books.create('payment', paymentOf(customer, 100, invoice));
    expect(await books.create('payment', paymentOf(customer, 20, invoice))).toMatchObject({
      UnappliedAmt: 20,
      Line: [],
    });
  });

  it.each([
    { name: 'no customer', body: () => ({ TotalAmt: 5 }), code: '2020' },
    { name: 'no amount', body: () => ({ CustomerRef: { value: customer } }), code: '2020' },
    { name: 'an amount of nothing', body: () => paymentOf(customer, 0), code: '6000' },
    { name: 'a negative amount', body: () => paymentOf(customer, -5), code: '2290' },
    { name: 'more applied than paid', body: () => paymentOf(customer, 5, invoice, 6), code: '6000' },
    {
      name: 'an account that holds no money',
      body: () => ({ ...paymentOf(customer, 5), DepositToAccountRef: { value: '1' } }),
      code: '2500',
    },
    {
      name: 'a reference number of 22 characters',
      body: () => ({ ...paymentOf(customer, 5), PaymentRefNum: 'x'.repeat(22) }),
      code: '2050',
    },
  ])('are refused with $code for $name', async ({ body, code }) => {
    expect(await books.codeOf('POST', 'payment', body())).toBe(code);
  });

  it("of someone else's invoice are refused, of a job's invoice by its parent taken", async () => {
    const stranger = await books.create('customer', { DisplayName: `Stranger ${count}` });
    const job = await books.create('customer', {
      DisplayName: `Job ${count}`,
      ParentRef: { value: customer },
    });
    const jobInvoice = await books.create('invoice', invoiceOf(job.Id, 10));

    expect(await books.codeOf('POST', 'payment', paymentOf(stranger.Id, 10, invoice))).toBe('6000');
    expect(await books.codeOf('POST', 'payment', paymentOf(customer, 10, jobInvoice.Id))).toBeNull();
  });

  it('leave their invoice alone when only the note changes', async () => {
    const payment = await books.create('payment', paymentOf(customer, 80, invoice));
    const noted = await books.change('payment', {
      Id: payment.Id,
      SyncToken: '0',
      sparse: true,
      PrivateNote: 'bank 7',
    });

    expect(noted).toMatchObject({ SyncToken: '1', UnappliedAmt: 0 });
    expect(await books.read('invoice', invoice)).toMatchObject({ SyncToken: '1', Balance: 20 });
  });

  it('change their amount only with customer and lines', async () => {
    const payment = await books.create('payment', paymentOf(customer, 80, invoice));
    const bare = await books.codeOf('POST', 'payment', {
      Id: payment.Id,
      SyncToken: '0',
      sparse: true,
      TotalAmt: 90,
    });
    const whole = await books.change('payment', {
      ...paymentOf(customer, 90, invoice),
      Id: payment.Id,
      SyncToken: '0',
    });

    expect(bare).toBe('2020');
    expect(whole).toMatchObject({ TotalAmt: 90, UnappliedAmt: 0, SyncToken: '1' });
    expect(await books.read('invoice', invoice)).toMatchObject({ Balance: 10 });
  });

  it('let go of everything in a full update without lines', async () => {
    const payment = await books.create('payment', paymentOf(customer, 80, invoice));
    const freed = await books.change('payment', {
      ...paymentOf(customer, 80),
      Id: payment.Id,
      SyncToken: '0',
    });

    expect(freed).toMatchObject({ UnappliedAmt: 80, Line: [] });
    expect(await books.read('invoice', invoice)).toMatchObject({
      Balance: 100,
      SyncToken: '2',
      LinkedTxn: [],
    });
  });

  it.each(['?operation=update&include=void', '?operation=void', '?include=void'])(
    'are void through %s, and the invoice is open again',
    async (query) => {
      const payment = await books.create('payment', paymentOf(customer, 80, invoice));
      const voided = await books.change('payment', { Id: payment.Id, SyncToken: '0', sparse: true }, query);

      expect(voided).toMatchObject({
        TotalAmt: 0,
        UnappliedAmt: 0,
        Line: [],
        PrivateNote: 'Voided',
        SyncToken: '1',
      });
      expect(await books.read('invoice', invoice)).toMatchObject({ Balance: 100, SyncToken: '2' });
      expect(await books.read('customer', customer)).toMatchObject({ Balance: 100 });
    },
  );

  it('inside a bank deposit cannot be changed', async () => {
    const payment = await books.create('payment', paymentOf(customer, 80, invoice));
    const line = { Amount: 80, LinkedTxn: [{ TxnId: payment.Id, TxnType: 'Payment', TxnLineId: '0' }] };
    await books.create('deposit', { DepositToAccountRef: { value: '35' }, Line: [line] });

    expect(await books.codeOf('POST', 'payment?operation=delete', { Id: payment.Id, SyncToken: '0' })).toBe(
      '6540',
    );
    expect(
      await books.codeOf('POST', 'payment', {
        Id: payment.Id,
        SyncToken: '0',
        sparse: true,
        PrivateNote: 'x',
      }),
    ).toBe('6540');
  });

  it('of nothing apply a credit memo to an invoice', async () => {
    const memo = await books.create('creditmemo', invoiceOf(customer, 60));
    const owed = await books.read('customer', customer);
    const line = (TxnId: string, TxnType: string) => ({ Amount: 60, LinkedTxn: [{ TxnId, TxnType }] });
    await books.create('payment', {
      CustomerRef: { value: customer },
      TotalAmt: 0,
      Line: [line(invoice, 'Invoice'), line(memo.Id, 'CreditMemo')],
    });

    expect(memo).toMatchObject({ RemainingCredit: 60, Balance: 60 });
    expect(owed).toMatchObject({ Balance: 40 });
    expect(await books.read('invoice', invoice)).toMatchObject({ Balance: 40, SyncToken: '1' });
    expect(await books.read('creditmemo', memo.Id)).toMatchObject({ RemainingCredit: 0, Balance: 0 });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: 40 });
  });

  it('come back to the credit memo when the memo is void', async () => {
    const memo = await books.control.creditMemo(REALM, {
      customer_id: customer,
      amount: 60,
      apply_to: invoice,
    });
    await books.ask('POST', 'creditmemo?include=void', { Id: memo.Id, SyncToken: '1', sparse: true });

    expect(await books.read('invoice', invoice)).toMatchObject({ Balance: 100, LinkedTxn: [] });
    expect(await books.read('creditmemo', memo.Id)).toMatchObject({ RemainingCredit: 0, TotalAmt: 0 });
  });

  it('and credits meet a new invoice by themselves, where the company wants it', async () => {
    await books.create('payment', paymentOf(customer, 130, invoice));
    await books.create('creditmemo', invoiceOf(customer, 15));
    await books.control.setPreferences(REALM, { AutoApplyCredit: true });
    const next = await books.create('invoice', invoiceOf(customer, 50));
    await books.control.setPreferences(REALM, { AutoApplyCredit: false });

    expect(next).toMatchObject({ TotalAmt: 50, Balance: 5, SyncToken: '0' });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: 5 });
  });
});
