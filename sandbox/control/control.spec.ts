import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxRefusal } from '../control-client.ts';
import { type Books, REALM, openTestBooks } from '../testing/books.ts';
import { eventually } from '../testing/eventually.ts';

describe('the bookkeeper in QBO', () => {
  let books: Books;
  let customer: string;
  let invoice: string;
  beforeEach(async () => {
    books = await openTestBooks();
    customer = (await books.control.createCustomer(REALM, 'Buyer')).Id;
    invoice = (await books.control.createInvoice(REALM, { customer_id: customer, amount: 100 })).Id;
  });
  afterEach(() => books.close());

  const balance = async (): Promise<unknown> => (await books.read('invoice', invoice)).Balance;

  it('receives the whole balance, a part of it, or money for later', async () => {
    await books.control.receivePayment(REALM, invoice, {
      amount: 30.5,
      date: '2026-02-03',
      PrivateNote: 'cash',
    });
    const partly = await balance();
    const later = await books.control.receivePayment(REALM, invoice, { amount: 10, unapplied: true });
    const rest = await books.control.receivePayment(REALM, invoice);

    expect(partly).toBe(69.5);
    expect(later).toMatchObject({ UnappliedAmt: 10 });
    expect(rest).toMatchObject({ TotalAmt: 69.5, UnappliedAmt: 0 });
    expect(await balance()).toBe(0);
    expect((await books.control.records(REALM, 'Payment'))[0]).toMatchObject({
      TxnDate: '2026-02-03',
      PrivateNote: 'cash',
    });
  });

  it('receives money from a customer for the oldest invoices first', async () => {
    const older = await books.control.createInvoice(REALM, {
      customer_id: customer,
      amount: 20,
      TxnDate: '2020-01-01',
    });
    await books.control.receivePaymentFrom(REALM, customer, 50);

    expect(await books.read('invoice', older.Id)).toMatchObject({ Balance: 0 });
    expect(await balance()).toBe(70);
  });

  it('takes payments back in each way there is', async () => {
    const pay = async (): Promise<string> =>
      (await books.control.receivePayment(REALM, invoice, { amount: 40 })).Id;
    const seen: unknown[] = [];
    for (const undo of ['voidPayment', 'deletePayment', 'unapplyPayment'] as const) {
      const id = await pay();
      seen.push(await balance());
      await books.control[undo](REALM, id);
      seen.push(await balance());
    }
    const edited = await pay();
    await books.control.editPayment(REALM, edited, {
      amount: 25,
      Line: [{ Amount: 25, LinkedTxn: [{ TxnId: invoice, TxnType: 'Invoice' }] }],
    });

    expect(seen).toEqual([60, 100, 60, 100, 60, 100]);
    expect(await balance()).toBe(75);
  });

  it('makes many invoices alike', async () => {
    const ids = await books.control.createInvoices(REALM, {
      customer_id: customer,
      count: 1200,
      amount: 2.5,
      TxnDate: '2026-01-31',
    });

    expect(new Set(ids).size).toBe(1200);
    expect(await books.control.records(REALM, 'Invoice')).toHaveLength(1201);
    expect(await books.read('invoice', ids.at(-1)!)).toMatchObject({ TotalAmt: 2.5, TxnDate: '2026-01-31' });
    expect(await books.read('customer', customer)).toMatchObject({ Balance: 3100 });
    for (const count of [0, 10_001]) {
      await expect(
        books.control.createInvoices(REALM, { customer_id: customer, count }),
      ).rejects.toMatchObject({ status: 400 });
    }
  });

  it('edits, voids and deletes an invoice without knowing its SyncToken', async () => {
    const edited = await books.control.editInvoice(REALM, invoice, { amount: 80, DueDate: '2027-01-01' });
    const voided = await books.control.voidInvoice(REALM, invoice);
    await books.control.deleteInvoice(REALM, invoice);

    expect(edited).toMatchObject({ TotalAmt: 80, DueDate: '2027-01-01', SyncToken: '1' });
    expect(voided).toMatchObject({ TotalAmt: 0, SyncToken: '2' });
    expect(await books.control.records(REALM, 'Invoice')).toMatchObject([{ Id: invoice, status: 'Deleted' }]);
  });

  it('renames, retires and brings back names', async () => {
    await books.control.renameCustomer(REALM, customer, 'Buyer & Son');
    const gone = await books.control.inactivateCustomer(REALM, customer);
    const back = await books.control.reactivateCustomer(REALM, customer);
    const item = await books.control.inactivateItem(REALM, '2');

    expect(gone).toMatchObject({ DisplayName: 'Buyer & Son (deleted)', Active: false });
    expect(back).toMatchObject({ DisplayName: 'Buyer & Son', Active: true });
    expect(item).toMatchObject({ Name: 'Hours (deleted)' });
    await expect(books.control.renameCustomer(REALM, customer, 'A:B')).rejects.toThrow(SandboxRefusal);
  });

  it('merges two customers and all that is theirs', async () => {
    const twin = await books.control.createCustomer(REALM, 'Buyer Inc');
    const merged = await books.control.mergeCustomers(REALM, twin.Id, customer);

    expect(merged).toMatchObject({ DisplayName: 'Buyer Inc', Balance: 100 });
    expect(await books.read('invoice', invoice)).toMatchObject({
      CustomerRef: { value: twin.Id, name: 'Buyer Inc' },
    });
    expect(await books.read('customer', customer)).toMatchObject({
      Active: false,
      Balance: 0,
      DisplayName: 'Buyer (deleted)',
    });
  });

  it('merges two customers, and costs name the one that is left', async () => {
    const [twin, other] = [
      await books.control.createCustomer(REALM, 'Buyer Inc'),
      await books.control.createCustomer(REALM, 'Neighbour'),
    ];
    const { Id: vendor } = await books.control.createVendor(REALM, 'Norton Lumber');
    const [account] = (await books.control.records(REALM, 'Account')).filter(
      ({ AccountType }) => AccountType === 'Cost of Goods Sold',
    );
    const line = (customerId: string) => ({
      Amount: 40,
      DetailType: 'AccountBasedExpenseLineDetail',
      AccountBasedExpenseLineDetail: {
        AccountRef: { value: account!.Id },
        CustomerRef: { value: customerId },
      },
    });
    const bill = await books.control.createBill(REALM, {
      VendorRef: { value: vendor },
      Line: [line(customer), line(other.Id)],
    });
    await books.control.mergeCustomers(REALM, twin.Id, customer);
    const { Line } = await books.read('bill', bill.Id);
    expect(Line).toMatchObject(
      [twin.Id, other.Id].map((value) => ({
        AccountBasedExpenseLineDetail: { CustomerRef: { value } },
      })),
    );
  });

  it('uses a credit memo on an invoice', async () => {
    const memo = await books.control.creditMemo(REALM, {
      customer_id: customer,
      amount: 15,
      apply_to: invoice,
    });
    expect(await balance()).toBe(85);
    expect(await books.read('creditmemo', memo.Id)).toMatchObject({ RemainingCredit: 0 });
  });

  it('enters what a vendor wants, changes it and takes it out', async () => {
    const { Id: vendor } = await books.control.createVendor(REALM, 'Norton Lumber');
    const [account] = (await books.control.records(REALM, 'Account')).filter(
      ({ AccountType }) => AccountType === 'Cost of Goods Sold',
    );
    const detail = { AccountRef: { value: account!.Id } };
    const bill = await books.control.createBill(REALM, {
      VendorRef: { value: vendor },
      Line: [
        {
          Amount: 40,
          DetailType: 'AccountBasedExpenseLineDetail',
          AccountBasedExpenseLineDetail: detail,
        },
      ],
    });
    expect(bill).toMatchObject({ TotalAmt: 40, Balance: 40 });
    expect(await books.control.editBill(REALM, bill.Id, { TxnDate: '2026-01-20' })).toMatchObject({
      TxnDate: '2026-01-20',
      TotalAmt: 40,
    });
    await books.control.deleteBill(REALM, bill.Id);
    expect(await books.control.records(REALM, 'Bill')).toMatchObject([{ Id: bill.Id, status: 'Deleted' }]);
  });
});

describe('the sandbox itself', () => {
  let books: Books;
  beforeEach(async () => {
    books = await openTestBooks();
  });
  afterEach(() => books.close());

  it('opens companies and lists them', async () => {
    await books.control.createCompany({ name: 'Second', fixtures: true });
    expect(await books.control.companies()).toMatchObject([
      { realm_id: REALM, name: 'Test Company', customers: 0 },
      { name: 'Second', customers: 33, invoices: 37 },
    ]);
    await expect(books.control.createCompany({ realm_id: REALM })).rejects.toMatchObject({ status: 400 });
    await expect(books.control.createCustomer('1', 'X')).rejects.toMatchObject({ status: 404 });
  });

  it('starts afresh and says so', async () => {
    let resets = 0;
    books.world.changes.on('reset', () => (resets += 1));
    await books.control.patchSwitches({ cdcObjectsMax: 5 });
    await books.control.advanceClock(86_400_000);
    await books.control.planFault({ kind: '500' });
    await books.control.reset();

    expect(resets).toBe(1);
    expect(await books.control.companies()).toEqual([]);
    expect(await books.control.faults()).toEqual([]);
    expect(await books.control.switches()).toMatchObject({ cdcObjectsMax: 1000, limits: false });
    expect(Math.abs(Date.parse((await books.control.clock()).now) - Date.now())).toBeLessThan(5000);
  });

  it('counts calls and remembers requests, never a token', async () => {
    await books.create('customer', { DisplayName: 'One' });
    await books.ask('POST', 'customer?requestid=q1', { DisplayName: 'One' });
    await books.ask('GET', 'customer/1');
    await books.query('select * from Customer');
    await books.ask('GET', 'cdc?entities=Customer&changedSince=2000-01-01');
    const requests = await books.control.requests({ realm_id: REALM, limit: 4 });

    expect(await books.control.calls(REALM)).toEqual({
      total: 5,
      metered: 2,
      operations: { 'customer.create': 2, 'customer.read': 1, 'customer.query': 1, cdc: 1 },
      statuses: { 200: 3, 400: 2 },
      most_at_once: 1,
    });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: `/v3/company/${REALM}/customer?requestid=q1`,
      body: { DisplayName: 'One' },
      requestid: 'q1',
      status: 400,
      operation: 'customer.create',
    });
    expect(JSON.stringify(requests)).not.toContain('good');
    await books.control.resetCalls();
    expect(await books.control.allCalls()).toEqual({});
  });

  it('reports how many calls were in flight at once, until they are answered or given up', async () => {
    const most = async (): Promise<number> => (await books.control.calls(REALM)).most_at_once;
    const ask = (): Promise<unknown> => books.ask('GET', 'customer/1');
    await books.control.planFault({ kind: 'slow', delay_ms: 1_000, times: 3 });
    await Promise.all([ask(), ask(), ask()]);
    expect(await most()).toBe(3);

    await books.control.resetCalls();
    await books.control.planFault({ kind: 'timeout', times: 2 });
    const giveUp = new AbortController();
    const hurried = [1, 2].map(() =>
      fetch(`${books.url}/v3/company/${REALM}/customer/1`, { signal: giveUp.signal }).catch(() => null),
    );
    await eventually(async () => expect(await most()).toBe(2));
    giveUp.abort();
    await Promise.all(hurried);
    await eventually(async () => {
      await books.control.resetCalls();
      await ask();
      expect(await most()).toBe(1);
    });
  });

  it('moves its clock', async () => {
    await books.control.setClock(new Date('2026-07-04T12:00:00Z'));
    await books.control.advanceClock(3_600_000);
    const made = await books.create('customer', { DisplayName: 'Summer' });

    expect(made.MetaData).toMatchObject({
      CreateTime: expect.stringMatching(/^2026-07-04T06:00:0\d-07:00$/),
    });
  });

  it('refuses what it does not know', async () => {
    await expect(books.control.patchSwitches({ cdcCut: 5 } as never)).rejects.toMatchObject({ status: 400 });
    await expect(books.control.patchSwitches({ nonsense: true } as never)).rejects.toMatchObject({
      status: 400,
    });
    await expect(books.control.planFault({ kind: 'meteor' } as never)).rejects.toMatchObject({ status: 400 });
    await expect(books.control.records(REALM, 'Nonsense' as never)).rejects.toMatchObject({ status: 404 });
  });
});
