import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Books, invoiceOf, openTestBooks } from '../testing/books.ts';

let books: Books;
let customer: string;

beforeEach(async () => {
  books = await openTestBooks();
  customer = (await books.create('customer', { DisplayName: 'Ann' })).Id;
});
afterEach(() => books.close());

it('SELECT *, Sku is everything', async () => {
  expect(await books.query('SELECT *, Sku FROM Item')).toMatchObject({ Item: [{ Name: 'Hours' }, {}] });
});

it('a line with zeros for quantity and price counts by its amount', async () => {
  const detail = { ItemRef: { value: '1' }, Qty: 0, UnitPrice: 0 };
  const Line = [{ Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: detail }];
  const invoice = { CustomerRef: { value: customer }, Line };
  expect(await books.create('invoice', invoice)).toMatchObject({ TotalAmt: 100 });
});

it('a batch item without an operation is a create', async () => {
  const BatchItemRequest = [{ bId: '1', Customer: { DisplayName: 'Bob' } }];
  const { body } = await books.ask('POST', 'batch', { BatchItemRequest });
  expect(body).toMatchObject({ BatchItemResponse: [{ bId: '1', Customer: { DisplayName: 'Bob' } }] });
});

it('an attachment is linked to a record of the kind it names', async () => {
  const invoice = await books.create('invoice', invoiceOf(customer, 10));
  const linked = (type: string, value: string): object => ({
    Note: 'n',
    AttachableRef: [{ EntityRef: { type, value } }],
  });
  expect(await books.codeOf('POST', 'attachable', linked('Invoice', invoice.Id))).toBeNull();
  expect(await books.codeOf('POST', 'attachable', linked('Invoice', customer))).toBe('2500');
});

it('a sale at the counter needs no customer', async () => {
  const { Line } = invoiceOf(customer, 10);
  expect(await books.create('salesreceipt', { Line: Line! })).toMatchObject({ TotalAmt: 10 });
});

it('a name of the schema is kept, one that is none is refused', async () => {
  const order = { ...invoiceOf(customer, 10), FOB: 'Denver', PONumber: '7', Tag: [{ Name: 'a' }] };
  expect(await books.create('invoice', order)).toMatchObject({ FOB: 'Denver', PONumber: '7' });
  expect(await books.codeOf('POST', 'invoice', { ...order, Fob: 'x' })).toBe('2010');
});
