import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';
import type { Body } from './json.ts';

let books: Books;
let customer: string;

beforeEach(async () => {
  books = await openTestBooks();
  await goTo('2027-01-10');
  customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
});
afterEach(() => books.close());

/** Noon in California. */
async function goTo(day: string): Promise<void> {
  await books.control.setClock(new Date(`${day}T20:00:00Z`));
}

async function template(
  schedule: Body,
  info: Body = {},
  document: Body = {},
): Promise<Body & { Id: string }> {
  const RecurringInfo = { Name: 'Upkeep', RecurType: 'Automated', ScheduleInfo: schedule, ...info };
  const Invoice = { ...invoiceOf(customer, 100), ...document, RecurringInfo };
  const { body } = await books.ask('POST', 'recurringtransaction', { Invoice });
  return (body.RecurringTransaction as { Invoice: Body & { Id: string } }).Invoice;
}

async function dates(): Promise<unknown[]> {
  const { Invoice = [] } = await books.query('select * from Invoice orderby TxnDate');
  return (Invoice as Body[]).map(({ TxnDate }) => TxnDate);
}

const MONTHLY = { IntervalType: 'Monthly', DayOfMonth: 1, NumInterval: 1, StartDate: '2027-01-10' };

it('a scheduled template makes its invoice when the clock comes to its day, and not before', async () => {
  const { Id, RecurringInfo } = await template(MONTHLY, {}, { DueDate: '2027-01-12' });
  expect(RecurringInfo).toMatchObject({ Active: true, ScheduleInfo: { NextDate: '2027-02-01' } });
  await goTo('2027-01-31');
  expect(await dates()).toEqual([]);
  await goTo('2027-02-01');
  const { Invoice } = await books.query('select * from Invoice');
  const made = {
    TxnDate: '2027-02-01',
    DueDate: '2027-03-03',
    TotalAmt: 100,
    Balance: 100,
    DocNumber: '1001',
  };
  expect(Invoice).toMatchObject([{ ...made, RecurDataRef: { value: Id } }]);
  expect((await books.read('customer', customer)).Balance).toBe(100);
  expect((await books.ask('GET', `recurringtransaction/${Id}`)).body).toMatchObject({
    RecurringTransaction: {
      Invoice: { RecurringInfo: { ScheduleInfo: { PreviousDate: '2027-02-01', NextDate: '2027-03-01' } } },
    },
  });
});

it('months that passed in one move of the clock are made one by one, each with its date', async () => {
  await template({ ...MONTHLY, DayOfMonth: 31 });
  await goTo('2027-04-30');
  expect(await dates()).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30']);
  await goTo('2027-04-30');
  expect(await dates()).toHaveLength(4);
});

it('ends with its number of occurrences, or on its last day', async () => {
  await template({ ...MONTHLY, MaxOccurrences: 2 });
  await template({ ...MONTHLY, EndDate: '2027-03-31' }, { Name: 'Second' });
  await goTo('2028-01-01');
  expect(await dates()).toEqual(['2027-02-01', '2027-02-01', '2027-03-01', '2027-03-01']);
});

it('is made days ahead with the date of its day', async () => {
  await template({ ...MONTHLY, DaysBefore: 7 });
  await goTo('2027-01-24');
  expect(await dates()).toEqual([]);
  await goTo('2027-01-25');
  expect(await dates()).toEqual(['2027-02-01']);
});

it('begins with what its start date names; a start today is made at once', async () => {
  await template({ IntervalType: 'Weekly', DayOfWeek: 'Sunday', StartDate: '2027-01-10' });
  expect(await dates()).toEqual(['2027-01-10']);
});

it('reminders, templates without a schedule and inactive ones make nothing by themselves', async () => {
  const reminded = await template(MONTHLY, { RecurType: 'Reminded' });
  const unscheduled = await template({}, { Name: 'By hand', RecurType: 'UnScheduled' });
  await template(MONTHLY, { Name: 'Off', Active: false });
  await goTo('2027-02-05');
  expect(await dates()).toEqual([]);
  const used = await books.control.useRecurring(REALM, reminded.Id);
  expect(used).toMatchObject({ TxnDate: '2027-02-01', TotalAmt: 100 });
  expect(await books.control.useRecurring(REALM, unscheduled.Id)).toMatchObject({ TxnDate: '2027-02-05' });
  expect(await books.control.recurring(REALM)).toMatchObject([
    { name: 'Upkeep', next_date: '2027-03-01', made: 1 },
    { name: 'By hand', recur_type: 'UnScheduled', next_date: null, made: 1 },
    { name: 'Off', made: 0 },
  ]);
});

it('what the books refuse is left out and told, and the schedule goes on', async () => {
  await template(MONTHLY);
  await books.control.setPreferences(REALM, { BookCloseDate: '2027-02-10' });
  await goTo('2027-03-02');
  expect(await dates()).toEqual(['2027-03-01']);
  expect(await books.control.recurring(REALM)).toMatchObject([
    { made: 1, next_date: '2027-04-01', refused: { date: '2027-02-01', message: /^6210/ } },
  ]);
});

it('an edit keeps the next day where the rule stays, and follows the rule where it changes', async () => {
  const made = await template(MONTHLY);
  const info = made.RecurringInfo as Body;
  const nextOf = async (schedule: Body, token: string): Promise<unknown> => {
    const ScheduleInfo = { ...(info.ScheduleInfo as Body), ...schedule };
    const changed = { ...made, SyncToken: token, RecurringInfo: { ...info, ScheduleInfo } };
    const { body } = await books.ask('POST', 'recurringtransaction', { Invoice: changed });
    const inner = (body.RecurringTransaction as { Invoice: { RecurringInfo: { ScheduleInfo: Body } } })
      .Invoice;
    return inner.RecurringInfo.ScheduleInfo.NextDate;
  };
  expect(await nextOf({}, '0')).toBe('2027-02-01');
  expect(await nextOf({ DayOfMonth: 20 }, '1')).toBe('2027-01-20');
  expect(await nextOf({ NextDate: '2027-05-05' }, '2')).toBe('2027-05-05');
});

it.each([
  ['RecurType', { RecurType: 'Sometimes' }],
  ['IntervalType', { ScheduleInfo: { IntervalType: 'Fortnightly' } }],
])('a word for %s that there is not is refused', async (_name, info) => {
  const Invoice = { ...invoiceOf(customer, 1), RecurringInfo: { Name: 'Odd', ...info } };
  expect(await books.codeOf('POST', 'recurringtransaction', { Invoice })).toBe('2170');
});

it('bills, journal entries and estimates come of templates too, and the ledger stays even', async () => {
  const vendor = await books.create('vendor', { DisplayName: 'Slates' });
  const ScheduleInfo = { IntervalType: 'Monthly', DayOfMonth: 15 };
  const info = (Name: string): Body => ({ RecurringInfo: { Name, RecurType: 'Automated', ScheduleInfo } });
  const account = async (type: string): Promise<Body> => {
    const { Account } = await books.query(`select * from Account where AccountType = '${type}'`);
    return { AccountRef: { value: (Account as Body[])[0]!.Id! } };
  };
  const cost = await account('Expense');
  const Bill = {
    VendorRef: { value: vendor.Id },
    Line: [{ Amount: 40, DetailType: 'AccountBasedExpenseLineDetail', AccountBasedExpenseLineDetail: cost }],
    ...info('Rent'),
  };
  const line = (PostingType: string, of: Body): Body => ({
    Amount: 5,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: { PostingType, ...of },
  });
  const JournalEntry = {
    Line: [line('Debit', cost), line('Credit', await account('Bank'))],
    ...info('Depreciation'),
  };
  const Estimate = { ...invoiceOf(customer, 7), ...info('Offer') };
  for (const one of [{ Bill }, { JournalEntry }, { Estimate }])
    expect((await books.ask('POST', 'recurringtransaction', one)).status).toBe(200);
  await goTo('2027-02-20');
  for (const entity of ['Bill', 'JournalEntry', 'Estimate'])
    expect(await books.query(`select count(*) from ${entity}`)).toEqual({ totalCount: 2 });
  expect((await books.read('vendor', vendor.Id)).Balance).toBe(80);
});
