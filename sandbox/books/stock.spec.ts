import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Books, REALM, openTestBooks } from '../testing/books.ts';
import type { Body } from './json.ts';

let books: Books;
let customer: string;
let pump: string;

beforeEach(async () => {
  books = await openTestBooks();
  customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
  const stocked = {
    Name: 'Pump',
    Type: 'Inventory',
    TrackQtyOnHand: true,
    QtyOnHand: 10,
    InvStartDate: '2026-01-01',
    UnitPrice: 15,
    PurchaseCost: 10,
    IncomeAccountRef: { value: '1' },
    AssetAccountRef: { value: '81' },
    ExpenseAccountRef: { value: '80' },
  };
  pump = (await books.create('item', stocked)).Id;
});
afterEach(() => books.close());

const sale = (Qty: number): Body => ({
  CustomerRef: { value: customer },
  Line: [
    {
      Amount: 15 * Qty,
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: { ItemRef: { value: pump }, Qty, UnitPrice: 15 },
    },
  ],
});
const onHand = async (): Promise<unknown> => (await books.read('item', pump)).QtyOnHand;
const balance = async (account: string): Promise<unknown> =>
  (await books.read('account', account)).CurrentBalance;
const valuation = async (name: string): Promise<string[]> => {
  const { body } = await books.ask('GET', `reports/${name}`);
  const { Row } = (body as { Rows: { Row: { Summary?: { ColData: { value: string }[] } }[] } }).Rows;
  return Row.at(-1)!.Summary!.ColData.map(({ value }) => value);
};

it('what is sold leaves stock at its cost, and is there again when the sale is voided', async () => {
  expect(await balance('81')).toBe(100);
  const invoice = await books.create('invoice', sale(3));
  expect([await onHand(), await balance('81')]).toEqual([7, 70]);
  expect(await valuation('InventoryValuationSummary')).toEqual(['TOTAL', '', '', '70.00', '']);
  await books.change('invoice', { Id: invoice.Id, SyncToken: '0' }, '?operation=void');
  expect([await onHand(), await balance('81')]).toEqual([10, 100]);
});

it('what is bought adds to stock at what it cost, what comes back too', async () => {
  const detail = { ItemRef: { value: pump }, Qty: 5, UnitPrice: 12 };
  const Line = [{ Amount: 60, DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: detail }];
  const vendor = await books.create('vendor', { DisplayName: 'Lumber' });
  await books.create('bill', { VendorRef: { value: vendor.Id }, Line });
  await books.create('creditmemo', sale(1));
  expect([await onHand(), await balance('81')]).toEqual([16, 170]);
  expect(await valuation('InventoryValuationDetail')).toEqual([
    'Total for Pump',
    '',
    '',
    '',
    '16.00',
    '',
    '170.00',
    '',
    '',
  ]);
});

it('is sold first in, first out; a purchase that turns up later changes what a sale cost, not the sale', async () => {
  const vendor = await books.create('vendor', { DisplayName: 'Lumber' });
  const bill = (Qty: number, UnitPrice: number, TxnDate: string): Promise<Body> => {
    const detail = { ItemRef: { value: pump }, Qty, UnitPrice };
    const line = { DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: detail };
    const Line = [{ Amount: Qty * UnitPrice, ...line }];
    return books.create('bill', { VendorRef: { value: vendor.Id }, TxnDate, Line });
  };
  const costs = async (): Promise<unknown> => {
    const query = 'reports/ProfitAndLoss?start_date=2026-01-01&end_date=2026-12-31';
    const { body } = await books.ask('GET', query);
    const { Row } = (
      body as { Rows: { Row: { group?: string; Summary?: { ColData: { value: string }[] } }[] } }
    ).Rows;
    return Row.find(({ group }) => group === 'COGS')?.Summary?.ColData.at(-1)?.value;
  };
  await bill(4, 12, '2026-02-01');
  const sold = await books.create('invoice', { ...sale(12), TxnDate: '2026-03-01' });
  expect([await onHand(), await balance('81'), await costs()]).toEqual([2, 24, '124.00']);

  const late = await bill(2, 6, '2026-01-15');
  expect([await onHand(), await balance('81'), await costs()]).toEqual([4, 48, '112.00']);
  expect(await books.read('invoice', sold.Id)).toEqual(sold);

  const credit = { ItemRef: { value: pump }, Qty: 1, UnitPrice: 10 };
  await books.create('vendorcredit', {
    VendorRef: { value: vendor.Id },
    TxnDate: '2026-04-01',
    Line: [{ Amount: 10, DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: credit }],
  });
  expect([await onHand(), await balance('81'), await costs()]).toEqual([3, 36, '114.00']);

  await books.change('bill', { Id: late.Id, SyncToken: '0' }, '?operation=delete');
  expect([await onHand(), await balance('81'), await costs()]).toEqual([1, 12, '126.00']);
});

it('is in the valuation though it cost nothing', async () => {
  const vendor = await books.create('vendor', { DisplayName: 'Lumber' });
  const gift = { ItemRef: { value: pump }, Qty: 2, UnitPrice: 0 };
  const Line = [{ Amount: 0, DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: gift }];
  await books.create('bill', { VendorRef: { value: vendor.Id }, Line });
  const { body } = await books.ask('GET', 'reports/InventoryValuationDetail');
  const { Row } = (body as { Rows: { Row: { Rows: { Row: { ColData: { value: string }[] }[] } }[] } }).Rows;
  const quantities = Row[0]!.Rows.Row.map(({ ColData }) => [ColData[1]!.value, ColData[4]!.value]);
  expect(quantities).toEqual([
    ['Inventory Starting Value', '10.00'],
    ['Bill', '2.00'],
  ]);
});

it('is adjusted by difference or to a new quantity, against the account named', async () => {
  const adjust = (detail: Body): Promise<unknown> =>
    books.create('inventoryadjustment', {
      AdjustAccountRef: { value: '80' },
      Line: [
        {
          DetailType: 'ItemAdjustmentLineDetail',
          ItemAdjustmentLineDetail: { ItemRef: { value: pump }, ...detail },
        },
      ],
    });
  await adjust({ QtyDiff: -2 });
  await adjust({ NewQty: 5 });
  expect([await onHand(), await balance('81')]).toEqual([5, 50]);
  await expect(adjust({})).rejects.toThrow('2020');
  expect(await books.query('select count(*) from InventoryAdjustment')).toEqual({ totalCount: 2 });
});

it('a billable expense makes a charge, which an invoice bills and a deleted one frees', async () => {
  const vendor = await books.create('vendor', { DisplayName: 'Lumber' });
  const spent = (detail: Body): Body => ({
    VendorRef: { value: vendor.Id },
    Line: [
      {
        Amount: 40,
        DetailType: 'AccountBasedExpenseLineDetail',
        AccountBasedExpenseLineDetail: { AccountRef: { value: '7' }, BillableStatus: 'Billable', ...detail },
      },
    ],
  });
  expect(await books.codeOf('POST', 'bill', spent({}))).toBe('6000');
  const bill = await books.create('bill', spent({ CustomerRef: { value: customer } }));
  const [charge] = (await books.query('select * from ReimburseCharge')).ReimburseCharge as Body[];
  expect(charge).toMatchObject({ Amount: 40, HasBeenInvoiced: false, CustomerRef: { value: customer } });
  expect(bill.Line).toMatchObject([{ LinkedTxn: [{ TxnId: charge!.Id, TxnType: 'ReimburseCharge' }] }]);

  const LinkedTxn = [{ TxnId: charge!.Id, TxnType: 'ReimburseCharge' }] as Body[];
  const invoice = await books.create('invoice', { ...sale(1), LinkedTxn });
  const billed = async (): Promise<unknown> =>
    ((await books.read('bill', bill.Id)).Line as Body[])[0]!.AccountBasedExpenseLineDetail;
  expect(await billed()).toMatchObject({ BillableStatus: 'HasBeenBilled' });
  expect(await books.read('reimbursecharge', charge!.Id as string)).toMatchObject({ HasBeenInvoiced: true });

  await books.control.deleteInvoice(REALM, invoice.Id);
  expect(await billed()).toMatchObject({ BillableStatus: 'Billable' });
  const { SyncToken } = await books.read('bill', bill.Id);
  await books.change('bill', { Id: bill.Id, SyncToken }, '?operation=delete');
  expect(await books.query('select * from ReimburseCharge')).toEqual({});
});

it('lists that are read, and what the plan has', async () => {
  expect(await books.query("select * from TaxClassification where Level = '1'")).toMatchObject({
    TaxClassification: [{ Name: 'Goods' }, { Name: 'Services' }],
  });
  expect(await books.query('select * from TaxPayment')).toEqual({});
  expect(await books.codeOf('POST', 'taxpayment', { PaymentAmount: 1 })).toBe('500');
  expect(await books.create('journalcode', { Name: 'VT', Type: 'Sales' })).toMatchObject({ Name: 'VT' });
  const entitlements = (accept: string): Promise<Response> =>
    fetch(`${books.url}/manage/entitlements/v3/${REALM}`, {
      headers: { authorization: 'Bearer good', accept },
    });
  expect(await (await entitlements('*/*')).text()).toContain('<PlanName>QuickBooks Online Plus</PlanName>');
  expect(await (await entitlements('application/json')).json()).toMatchObject({ QboCompany: true });
});

it('nothing moves before the day from which its stock is counted', async () => {
  const { body } = await books.ask('POST', 'invoice', { ...sale(1), TxnDate: '2025-12-31' });
  expect(body.Fault).toMatchObject({
    Error: [{ code: '6270', Message: 'Transaction date is prior to start date for inventory item' }],
  });
  expect(await books.codeOf('POST', 'estimate', { ...sale(1), TxnDate: '2025-12-31' })).toBeNull();
  const invoice = await books.create('invoice', { ...sale(1), TxnDate: '2026-01-01' });
  const edit = { Id: invoice.Id, SyncToken: '0', sparse: true, TxnDate: '2025-12-31' };
  expect(await books.codeOf('POST', 'invoice', edit)).toBe('6270');
});
