import { describe, expect, it } from 'vitest';
import { faultOperation } from './fault-operation.ts';

describe('the operation of a fault to come', () => {
  it.each([
    ['Invoice.Create', 'invoice.create'],
    ['creditMemo.*', 'creditmemo.*'],
    [' cdc ', 'cdc'],
    ['report.balancesheet', 'report.balancesheet'],
    ['*', '*'],
  ])('%s is taken in any case', (asked, operation) => {
    expect(faultOperation(asked)).toBe(operation);
  });

  it.each(['nonsense.create', 'invoice', 'invoices.create', '.', ''])(
    '%j would never strike, and is refused',
    (asked) => {
      expect(() => faultOperation(asked)).toThrow('operation must be such as');
    },
  );
});
