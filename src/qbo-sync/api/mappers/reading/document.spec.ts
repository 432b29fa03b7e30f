import { describe, expect, it } from 'vitest';
import { documentReader } from './document.js';

const sold = (itemId: string, Amount: number): object => ({
  Amount,
  DetailType: 'SalesItemLineDetail',
  SalesItemLineDetail: { ItemRef: { value: itemId } },
});

describe('The lines of a document', () => {
  it('have those of a bundle at their end, whose own line posts nothing', () => {
    const bundle = {
      Amount: 60,
      DetailType: 'GroupLineDetail',
      GroupLineDetail: { GroupItemRef: { value: '9' }, Line: [sold('4', 20), sold('5', 40)] },
    };
    const { lines } = documentReader('CreditMemo')({
      Id: '7',
      SyncToken: '0',
      TxnDate: '2026-03-02',
      CustomerRef: { value: '58' },
      TotalAmt: 110,
      Line: [
        bundle,
        sold('3', 50),
        { Amount: 110, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} },
      ],
    });
    expect(lines.map(({ line, itemId, cents }) => [line, itemId, cents])).toEqual([
      [2, '3', 5_000],
      [4, '4', 2_000],
      [5, '5', 4_000],
    ]);
  });
});
