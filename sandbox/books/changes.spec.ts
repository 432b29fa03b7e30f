import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Books, REALM, invoiceOf, openTestBooks, paymentOf } from '../testing/books.ts';
import type { Change } from './change.ts';

interface Block {
  [entity: string]: { Id: string; status?: string }[];
}

describe('change data capture', () => {
  let books: Books;
  let start: string;
  beforeEach(async () => {
    books = await openTestBooks();
    books.world.clock.advance(60_000);
    start = books.world.clock.now().toISOString();
    await books.create('customer', { DisplayName: 'One' });
    await books.create('invoice', invoiceOf('1', 10));
  });
  afterEach(() => books.close());

  const changes = async (entities: string, since = start): Promise<Block[]> => {
    const { body } = await books.ask(
      'GET',
      `cdc?entities=${entities}&changedSince=${encodeURIComponent(since)}`,
    );
    return (body as { CDCResponse: [{ QueryResponse: Block[] }] }).CDCResponse[0].QueryResponse;
  };

  it('reports each entity asked for in that order, unchanged ones as an empty block', async () => {
    const blocks = await changes('Invoice,Payment,Customer');

    expect(blocks[0]).toMatchObject({
      Invoice: [{ Id: '101' }],
      startPosition: 1,
      maxResults: 1,
      totalCount: 1,
    });
    expect(blocks[1]).toEqual({});
    expect(blocks[2]).toMatchObject({ Customer: [{ Id: '1', Balance: 10 }], maxResults: 1 });
    expect(blocks[2]).not.toHaveProperty('totalCount');
  });

  it('counts an entity asked for twice once', async () => {
    expect(await changes('Invoice,invoice')).toMatchObject([{ maxResults: 1, totalCount: 1 }]);
  });

  it('leaves out what did not change since', async () => {
    books.world.clock.advance(5000);
    expect(await changes('Invoice,Customer', books.world.clock.now().toISOString())).toEqual([{}, {}]);
  });

  it('shows deleted records as stubs after the others, voided and inactive ones whole', async () => {
    await books.create('invoice', invoiceOf('1', 20));
    await books.change('invoice', { Id: '101', SyncToken: '0' }, '?operation=delete');
    await books.change('invoice', { Id: '102', SyncToken: '0' }, '?operation=void');
    await books.create('customer', { DisplayName: 'Two' });
    await books.control.inactivateCustomer(REALM, '2');
    const [invoices, customers] = await changes('Invoice,Customer');

    expect(invoices!.Invoice).toMatchObject([
      { Id: '102', PrivateNote: 'Voided' },
      { Id: '101', status: 'Deleted' },
    ]);
    expect(invoices!.Invoice![1]).toEqual({
      status: 'Deleted',
      domain: 'QBO',
      Id: '101',
      MetaData: { LastUpdatedTime: expect.any(String) },
    });
    expect(customers!.Customer).toMatchObject([{ Id: '1' }, { Id: '2', Active: false }]);
  });

  it('gives a block of stubs alone no start position', async () => {
    await books.change('invoice', { Id: '101', SyncToken: '0' }, '?operation=delete');
    const [block] = await changes('Invoice');
    expect(block).toMatchObject({ maxResults: 1, totalCount: 1 });
    expect(block).not.toHaveProperty('startPosition');
  });

  it('cuts silently at its cap, at either end, over all entities or for each', async () => {
    for (const amount of [20, 30]) await books.create('invoice', invoiceOf('1', amount));
    const ids = async (): Promise<unknown[]> =>
      (await changes('Customer,Invoice')).map((block) =>
        Object.values(block)
          .flat()
          .map((one) => one.Id)
          .filter(Boolean),
      );
    await books.control.patchSwitches({ cdcObjectsMax: 2 });
    const oldest = await ids();
    await books.control.patchSwitches({ cdcCut: 'oldest' });
    const newest = await ids();
    await books.control.patchSwitches({ cdcCapPer: 'entity' });

    expect(oldest).toEqual([[], ['101', '102']]);
    expect(newest).toEqual([['1'], ['103']]);
    expect(await ids()).toEqual([['1'], ['102', '103']]);
  });

  it.each([
    ['cdc?changedSince=2026-11-01', '2020'],
    ['cdc?entities=Invoice', '2020'],
    ['cdc?entities=Invoice,Nonsense&changedSince=2026-11-01', '2000'],
    ['cdc?entities=TaxCode&changedSince=2026-11-01', '2000'],
    ['cdc?entities=Invoice&changedSince=yesterday', '2060'],
    ['cdc?entities=Invoice&changedSince=2020-01-01T00:00:00Z', '500'],
  ])('%s is refused with %s', async (path, code) => {
    expect(await books.codeOf('GET', path)).toBe(code);
  });

  it('looks back thirty days, by the sandbox clock', async () => {
    books.world.clock.advance(31 * 24 * 3_600_000);
    expect(await books.codeOf('GET', `cdc?entities=Invoice&changedSince=${start}`)).toBe('500');
  });
});

describe('announced changes', () => {
  it('name what was asked for, and side effects only where a switch says so', async () => {
    const books = await openTestBooks();
    const heard: string[] = [];
    books.world.changes.on('change', ({ entity, id, operation, deletedId }: Change) => {
      heard.push([entity, id, operation, deletedId].filter(Boolean).join(' '));
    });
    await books.create('customer', { DisplayName: 'One' });
    await books.create('customer', { DisplayName: 'Two' });
    await books.create('invoice', invoiceOf('1', 10));
    await books.create('payment', paymentOf('1', 10, '101'));
    await books.change('customer', { Id: '1', SyncToken: '0', sparse: true, DisplayName: 'One' });
    await books.codeOf('POST', 'customer', { DisplayName: 'Two' });
    await books.change('invoice', { Id: '101', SyncToken: '1' }, '?operation=void');
    await books.control.mergeCustomers(REALM, '2', '1');
    await books.control.patchSwitches({ invoiceEventOnPayment: true, customerEventOnBalance: true });
    await books.create('invoice', invoiceOf('2', 7));
    await books.change('payment', { Id: '102', SyncToken: '2' }, '?operation=delete');

    expect(heard).toEqual([
      'Customer 1 Create',
      'Customer 2 Create',
      'Invoice 101 Create',
      'Payment 102 Create',
      'Invoice 101 Void',
      'Customer 2 Merge 1',
      'Invoice 103 Create',
      'Customer 2 Update',
      'Payment 102 Delete',
      'Customer 2 Update',
    ]);
    await books.close();
  });
});
