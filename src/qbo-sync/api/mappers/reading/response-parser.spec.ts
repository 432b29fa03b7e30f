import { describe, expect, it } from 'vitest';
import { INVOICE } from './entities.js';
import { readAllChanges, readChanges, readRows } from './response-parser.js';

const invoice = (Id: string) => ({
  Id,
  SyncToken: '1',
  CustomerRef: { value: '1' },
  TotalAmt: 10,
  Balance: 0,
});
const payment = (Id: string) => ({ Id, SyncToken: '0', CustomerRef: { value: '1' }, TotalAmt: 10, Line: [] });
const deleted = (Id: string) => ({ status: 'Deleted', domain: 'QBO', Id });

const changes = (...blocks: object[]) => ({
  CDCResponse: [{ QueryResponse: blocks }],
  time: '2026-11-22T01:05:00.12-08:00',
});

describe('What has changed', () => {
  it('is told by the keys of the blocks, whatever their order', () => {
    const notified = readChanges(
      changes({ Payment: [payment('7')], startPosition: 1 }, {}, { Invoice: [invoice('1'), deleted('2')] }),
    );
    expect(notified).toMatchObject({
      invoices: [
        { id: '1', deleted: false, object: { balanceCents: 0 } },
        { id: '2', deleted: true },
      ],
      payments: [{ id: '7', deleted: false }],
      asOf: new Date('2026-11-22T09:05:00.120Z'),
      complete: true,
      unreadable: [],
    });
  });

  it('may be nothing', () => {
    expect(readChanges(changes({}, {}))).toMatchObject({ invoices: [], payments: [], complete: true });
  });

  it('is said once of what the answer names twice, as it was named last', () => {
    const document = { ...invoice('1'), TxnDate: '2026-03-01' };
    const notified = readAllChanges(
      changes({ Invoice: [document, invoice('2')] }, { Invoice: [deleted('1')] }),
    );
    expect(notified.invoices).toMatchObject([
      { id: '1', deleted: true },
      { id: '2', deleted: false },
    ]);
    expect(notified.documents!.changes).toEqual([{ type: 'Invoice', id: '1', deleted: true }]);
  });

  it('does not hide behind one bad row', () => {
    const notified = readChanges(
      changes({ Invoice: [invoice('1'), { ...invoice('2'), Balance: 'much' }, 'rubbish', { Id: 3 }] }),
    );
    expect(notified.invoices.map(({ id }) => id)).toEqual(['1']);
    expect(notified.unreadable).toEqual([
      { entity: 'Invoice', id: '2', reason: 'Invoice.Balance is not an amount of money' },
      { entity: 'Invoice', id: '?', reason: 'Invoice is not an object', privateNote: null },
      { entity: 'Invoice', id: '?', reason: 'Invoice.Id is not a string of digits' },
    ]);
  });

  it.each([
    [999, true],
    [1000, false],
  ])('counts %i objects of all kinds as complete: %s', (count, complete) => {
    const invoices = Array.from({ length: count - 2 }, (_, index) => invoice(String(index)));
    const notified = readChanges(
      changes({ Invoice: [...invoices, deleted('5000')] }, { Payment: [payment('1')] }),
    );
    expect(notified.complete).toBe(complete);
  });

  it.each([
    [999, true],
    [1000, false],
  ])(
    'counts %i objects as complete: %s, also for documents, where customers are among them',
    (count, complete) => {
      const notified = readAllChanges(
        changes(
          { Invoice: Array.from({ length: count - 3 }, (_, index) => deleted(String(index))) },
          { Bill: [deleted('5000')], Customer: [deleted('1'), 'rubbish'] },
        ),
      );
      expect(notified).toMatchObject({ complete, documents: { complete } });
    },
  );

  it.each([
    ['without the time', { CDCResponse: [] }, 'answer.time is missing'],
    ['with a fault inside', changes({ Fault: { Error: [] } }), 'answer.CDCResponse holds a fault'],
  ])('is not taken from an answer %s', (_, body, message) => {
    expect(() => readChanges(body)).toThrow(message);
  });
});

describe('The rows of a query', () => {
  it('are none where the answer has none', () => {
    expect(readRows({ QueryResponse: {} }, INVOICE)).toEqual({ read: [], unreadable: [], count: 0, ids: [] });
  });
});
