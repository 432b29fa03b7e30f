import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENTITIES } from './catalog.ts';
import { type Body, type Json, rowsOf } from './json.ts';
import { type Books, REALM, invoiceOf, openTestBooks, paymentOf } from '../testing/books.ts';

let books: Books;
let customer: string;

beforeEach(async () => {
  books = await openTestBooks();
  customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
});
afterEach(() => books.close());

const onItem = (item: string): object => ({
  CustomerRef: { value: customer },
  Line: [
    { Amount: 10, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: item } } },
  ],
});

describe('a line', () => {
  it.each(['Category', 'Group'])('cannot sell an item of type %s', async (Type) => {
    const { Id } = await books.create('item', { Name: 'Roof Deposit', Type });
    expect(await books.codeOf('POST', 'invoice', onItem(Id))).toBe('2500');
    expect(await books.codeOf('POST', 'creditmemo', onItem(Id))).toBe('2500');
  });

  it('cannot buy a category', async () => {
    const { Id } = await books.create('item', { Name: 'Wood', Type: 'Category' });
    const vendor = await books.create('vendor', { DisplayName: 'Lumber' });
    const detail = { ItemRef: { value: Id } };
    const Line = [
      { Amount: 5, DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: detail },
    ];
    const bill = { VendorRef: { value: vendor.Id }, Line };
    expect(await books.codeOf('POST', 'bill', bill)).toBe('2500');
  });
});

describe('a number in a line', () => {
  const sale = (amount: Json, detail: Body = {}): Body => ({
    CustomerRef: { value: customer },
    Line: [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: detail }],
  });

  it.each(['12,5', 'abc', '$5', 'NaN', true, [5], 1e20])('that is none, %j, is refused', async (amount) => {
    expect(await books.codeOf('POST', 'invoice', sale(amount))).toBe('2070');
  });

  it('is looked at however deep it stands', async () => {
    expect(await books.codeOf('POST', 'invoice', sale(10, { UnitPrice: '5', Qty: 'two' }))).toBe('2070');
    const posting = { PostingType: 'Debit', AccountRef: { value: '1' } };
    const line = { Amount: '1,000', DetailType: 'JournalEntryLineDetail', JournalEntryLineDetail: posting };
    expect(await books.codeOf('POST', 'journalentry', { Line: [line] })).toBe('2070');
  });

  it('may come as text, and is answered as a number', async () => {
    const invoice = await books.create('invoice', sale('12.50', { UnitPrice: '6.25', Qty: '2' }));
    expect(invoice).toMatchObject({
      TotalAmt: 12.5,
      Line: [{ Amount: 12.5, SalesItemLineDetail: { UnitPrice: 6.25, Qty: 2 } }, {}],
    });
  });

  it('sent empty is missing', async () => {
    expect(await books.codeOf('POST', 'invoice', sale(''))).toBe('2020');
  });
});

describe('a word that QuickBooks does not know', () => {
  const sale = (line: Body, detail: Body = {}, more: Body = {}): Body => ({
    CustomerRef: { value: customer },
    Line: [{ Amount: 10, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: detail, ...line }],
    ...more,
  });

  it.each<{ where: string; body: () => Body; word: string }>([
    { where: 'a line', body: () => sale({ Quantity: 2 }), word: 'Quantity' },
    {
      where: 'a line, one level too high',
      body: () => sale({ AccountRef: { value: '1' } }),
      word: 'AccountRef',
    },
    { where: 'what a line sells', body: () => sale({}, { Amount: 10 }), word: 'Amount' },
    { where: 'an address', body: () => sale({}, {}, { BillAddr: { Street: '1 Elm St' } }), word: 'Street' },
    { where: 'a reference', body: () => sale({}, { ItemRef: { value: '1', id: '1' } }), word: 'id' },
  ])('is refused in $where', async ({ body, word }) => {
    const { status, body: answer } = await books.ask('POST', 'invoice', body());
    expect({ status, answer }).toMatchObject({
      status: 400,
      answer: { Fault: { Error: [{ code: '2010', element: word }] } },
    });
  });

  it('is none of those that are younger than its schema', async () => {
    const EntityRef = { type: 'Customer', value: customer };
    const note = { Note: 'roof', AttachableRef: [{ EntityRef, NoRefOnly: false, Inactive: false }] };
    expect(await books.codeOf('POST', 'attachable', note)).toBeNull();
    expect(await books.codeOf('POST', 'invoice', sale({ CustomExtensions: [] }))).toBeNull();
  });

  it('is none of those that it answers with: whatever was read can be written back', async () => {
    const sample = await openTestBooks({}, true);
    try {
      for (const { name, jsonName, updates } of ENTITIES.values()) {
        const { [jsonName]: read } = await sample.query(`select * from ${name} maxresults 20`);
        for (const record of updates ? ((read ?? []) as Body[]) : [])
          expect(await sample.ask('POST', name.toLowerCase(), record)).not.toMatchObject({
            body: { Fault: { Error: [{ code: '2010' }] } },
          });
      }
    } finally {
      await sample.close();
    }
  });
});

describe('an invoice', () => {
  it('is settled by a deposit the bank feed brought, without a payment of any amount', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 300));
    const deposit = await books.control.bankFeedDeposit(REALM, {
      customer_id: customer,
      amount: 300,
      apply_to: invoice.Id,
    });
    const settled = await books.read('invoice', invoice.Id);
    expect(settled.Balance).toBe(0);
    const [link] = settled.LinkedTxn as { TxnId: string; TxnType: string }[];
    expect(link?.TxnType).toBe('Payment');
    expect(await books.read('payment', link!.TxnId)).toMatchObject({
      TotalAmt: 0,
      Line: [
        { Amount: 300, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] },
        { Amount: 300, LinkedTxn: [{ TxnId: deposit.Id, TxnType: 'Deposit' }] },
      ],
    });
    expect((await books.read('customer', customer)).Balance).toBe(0);
  });

  it('is settled in part by a journal entry, whatever its other account, and open when that is deleted', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 300));
    const entry = await books.control.journalEntry(REALM, {
      customer_id: customer,
      amount: 100,
      apply_to: invoice.Id,
    });
    const [debit, credit] = rowsOf(entry, 'Line');
    const detail = { PostingType: 'Debit', AccountRef: { value: '7' } };
    const Line = [{ ...debit, JournalEntryLineDetail: detail }, credit!];
    await books.create('journalentry', { Id: entry.Id, SyncToken: entry.SyncToken, sparse: true, Line });
    expect((await books.read('invoice', invoice.Id)).Balance).toBe(200);
    await books.control.deleteJournalEntry(REALM, entry.Id);
    expect((await books.read('invoice', invoice.Id)).Balance).toBe(300);
    expect((await books.read('customer', customer)).Balance).toBe(300);
  });

  it('has a deposit of its own, which leaves no payment', async () => {
    const invoice = await books.create('invoice', invoiceOf(customer, 300));
    const edited = await books.control.editInvoice(REALM, invoice.Id, { Deposit: 120 });
    expect(edited).toMatchObject({ TotalAmt: 300, Deposit: 120, Balance: 180, LinkedTxn: [] });
    expect((await books.read('customer', customer)).Balance).toBe(180);
    expect(await books.query('select * from Payment')).toEqual({});
  });
});

describe('a payment', () => {
  it('moves from one invoice to another', async () => {
    const [one, other] = [
      await books.create('invoice', invoiceOf(customer, 100)),
      await books.create('invoice', invoiceOf(customer, 80)),
    ];
    const payment = await books.create('payment', paymentOf(customer, 100, one.Id));
    const moved = await books.control.movePayment(REALM, payment.Id, other.Id);
    expect(moved).toMatchObject({ UnappliedAmt: 20 });
    expect((await books.read('invoice', one.Id)).Balance).toBe(100);
    expect((await books.read('invoice', other.Id)).Balance).toBe(0);
  });

  it('that is deposited shows its deposit, keeps its token and time, and cannot be changed', async () => {
    const payment = await books.create('payment', paymentOf(customer, 100));
    const deposit = await books.control.depositPayments(REALM, [payment.Id]);
    const shown = await books.read('payment', payment.Id);
    expect(shown).toMatchObject({
      SyncToken: payment.SyncToken,
      MetaData: payment.MetaData,
      LinkedTxn: [{ TxnId: deposit.Id, TxnType: 'Deposit' }],
    });
    const change = { Id: payment.Id, SyncToken: '0', sparse: true, PrivateNote: 'x' };
    expect(await books.codeOf('POST', 'payment', change)).toBe('6540');
    await books.control.deleteDeposit(REALM, deposit.Id);
    expect(await books.codeOf('POST', 'payment', change)).toBeNull();
  });
});

describe('is refused:', () => {
  const journalLine = (PostingType: string, account: string): object => ({
    Amount: 5,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: { PostingType, AccountRef: { value: account } },
  });
  const direct = {
    Amount: 5,
    DetailType: 'DepositLineDetail',
    DepositLineDetail: { AccountRef: { value: '1' } },
  };
  const linked = (TxnId: string): object => ({
    Amount: 5,
    LinkedTxn: [{ TxnId, TxnType: 'Payment', TxnLineId: '0' }],
  });

  it.each<{ what: string; entity: string; body: object; code: string }>([
    {
      what: 'a journal entry on accounts receivable without a customer',
      entity: 'journalentry',
      body: { Line: [journalLine('Debit', '35'), journalLine('Credit', '84')] },
      code: '6000',
    },
    {
      what: 'a transfer from an account to itself',
      entity: 'transfer',
      body: { FromAccountRef: { value: '35' }, ToAccountRef: { value: '35' }, Amount: 5 },
      code: '6000',
    },
    {
      what: 'a deposit of a payment that does not exist',
      entity: 'deposit',
      body: { DepositToAccountRef: { value: '35' }, Line: [linked('999')] },
      code: '610',
    },
    {
      what: 'a deposit into an income account',
      entity: 'deposit',
      body: { DepositToAccountRef: { value: '1' }, Line: [direct] },
      code: '2500',
    },
    {
      what: 'a deposit of less than nothing',
      entity: 'deposit',
      body: { DepositToAccountRef: { value: '35' }, Line: [{ ...direct, Amount: -5 }] },
      code: '6000',
    },
  ])('$what', async ({ entity, body, code }) => {
    expect(await books.codeOf('POST', entity, body)).toBe(code);
  });

  it('a second deposit of a payment', async () => {
    const payment = await books.create('payment', paymentOf(customer, 5));
    await books.control.depositPayments(REALM, [payment.Id]);
    const body = { DepositToAccountRef: { value: '35' }, Line: [linked(payment.Id)] };
    expect(await books.codeOf('POST', 'deposit', body)).toBe('6000');
  });
});

describe('names composed differently', () => {
  const [composed, decomposed] = ['José'.normalize('NFC'), 'José'.normalize('NFD')];

  it('are two names, unless the switch makes them one', async () => {
    await books.create('customer', { DisplayName: composed });
    await books.control.patchSwitches({ nameComparison: 'normalized' });
    expect(await books.codeOf('POST', 'customer', { DisplayName: decomposed })).toBe('6240');
    await books.control.patchSwitches({ nameComparison: 'codepoints' });
    expect(await books.codeOf('POST', 'customer', { DisplayName: decomposed })).toBeNull();
  });
});

it('several e-mail addresses stand in one field, each well formed', async () => {
  const named = (Address: string): object => ({ DisplayName: Address, PrimaryEmailAddr: { Address } });
  expect(await books.codeOf('POST', 'customer', named('a@b.example, c@d.example'))).toBeNull();
  expect(await books.codeOf('POST', 'customer', named('a@b.example, c'))).toBe('2210');
});

it('a currency is on the list of a company once, also while it is not active', async () => {
  await books.control.setPreferences(REALM, { MultiCurrencyEnabled: true });
  const { Id, SyncToken } = await books.create('companycurrency', { Code: 'EUR' });
  expect(await books.codeOf('POST', 'companycurrency', { Code: 'EUR' })).toBe('6240');
  await books.create('companycurrency', { Id, SyncToken, sparse: true, Active: false });
  expect(await books.codeOf('POST', 'companycurrency', { Code: 'EUR' })).toBe('6240');
  const { CompanyCurrency } = await books.query(
    'select * from CompanyCurrency where Active in (true, false)',
  );
  expect(CompanyCurrency).toMatchObject([{ Code: 'EUR', Active: false }]);
});
