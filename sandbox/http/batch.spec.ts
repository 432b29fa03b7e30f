import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../books/json.ts';
import { type Books, REALM, invoiceOf, openTestBooks } from '../testing/books.ts';

describe('a batch', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openTestBooks();
    await books.create('customer', { DisplayName: 'Known' });
  });
  afterAll(() => books.close());

  const send = async (items: Body[], query = ''): Promise<Body[]> => {
    const { body } = await books.ask('POST', `batch${query}`, { BatchItemRequest: items });
    return (body.BatchItemResponse ?? []) as Body[];
  };

  it('answers each item by itself, faults among successes, all in a 200', async () => {
    const invoice = await books.create('invoice', invoiceOf('1', 10));
    const payment = await books.create('payment', { CustomerRef: { value: '1' }, TotalAmt: 3 });
    const answers = await send([
      { bId: 'a', operation: 'create', Customer: { DisplayName: 'Known' } },
      {
        bId: 'b',
        operation: 'update',
        Invoice: { Id: invoice.Id, SyncToken: '0', sparse: true, PrivateNote: 'x' },
      },
      {
        bId: 'c',
        operation: 'update',
        optionsData: 'void',
        Payment: { Id: payment.Id, SyncToken: '0', sparse: true },
      },
      { bId: 'd', operation: 'delete', Payment: { Id: payment.Id, SyncToken: '1' } },
      { bId: 'e', Query: 'select * from Customer' },
      { bId: 'f', operation: 'create', Nonsense: {} },
    ]);

    expect(answers).toMatchObject([
      { bId: 'a', Fault: { Error: [{ code: '6240' }], type: 'ValidationFault' } },
      { bId: 'b', Invoice: { SyncToken: '1' } },
      { bId: 'c', Payment: { TotalAmt: 0 } },
      { bId: 'd', Payment: { status: 'Deleted' } },
      { bId: 'e', QueryResponse: { maxResults: 1 } },
      { bId: 'f', Fault: { Error: [{ code: '2000' }] } },
    ]);
  });

  it('leaves nothing behind from an item that fails', async () => {
    const before = (await books.control.records(REALM, 'Customer')).length;
    const writer = [{ Amount: 5, LinkedTxn: [{ TxnId: '999', TxnType: 'Invoice' }] }];
    await send([
      {
        bId: '1',
        operation: 'create',
        Payment: { CustomerRef: { value: '1' }, TotalAmt: 5, ResponseWriter: writer },
      },
    ]);
    expect((await books.control.records(REALM, 'Customer')).length).toBe(before);
  });

  it('takes 30 items and no more, and at least one', async () => {
    const items = Array.from({ length: 31 }, (_, index) => ({
      bId: String(index),
      Query: 'select count(*) from Invoice',
    }));
    expect((await send(items.slice(1))).length).toBe(30);
    expect(await books.codeOf('POST', 'batch', { BatchItemRequest: items })).toBe('1040');
    expect(await books.codeOf('POST', 'batch', { BatchItemRequest: [] })).toBe('400');
  });

  it('meters each of its queries, not its writes', async () => {
    await books.control.resetCalls();
    await send([
      { bId: '1', Query: 'select count(*) from Invoice' },
      { bId: '2', Query: 'select count(*) from Customer' },
      { bId: '3', operation: 'create', Customer: { DisplayName: 'Metered' } },
      { bId: '4', Query: 'select nonsense' },
    ]);
    expect(await books.control.calls(REALM)).toEqual({
      total: 1,
      metered: 2,
      operations: { batch: 1 },
      statuses: { 200: 1 },
      most_at_once: 1,
    });
  });

  it('is one read where a switch says so', async () => {
    await books.control.patchSwitches({ batchReads: 'one' });
    await books.control.resetCalls();
    await send(['1', '2'].map((bId) => ({ bId, Query: 'select count(*) from Invoice' })));
    expect(await books.control.calls(REALM)).toMatchObject({ total: 1, metered: 1 });
  });

  it('with a requestid wants short ids, and repeats its answer', async () => {
    const item = { bId: '1', operation: 'create', Customer: { DisplayName: 'Once' } };
    const first = await send([item], '?requestid=batch-1');

    expect(await send([item], '?requestid=batch-1')).toEqual(first);
    expect(
      await books.codeOf('POST', `batch?requestid=${'x'.repeat(37)}`, { BatchItemRequest: [item] }),
    ).toBe('2130');
    expect(
      await books.codeOf('POST', 'batch?requestid=b2', {
        BatchItemRequest: [{ ...item, bId: 'x'.repeat(11) }],
      }),
    ).toBe('2130');
  });
});
