import { describe, expect, it } from 'vitest';
import { connectionLostReason } from './connection-messages.js';

const NOTHING = { invoices: 0, payments: 0, refunds: 0, credits: 0, customers: 0 };

describe('A lost connection', () => {
  it.each([
    [NOTHING, 'nothing waits for it yet'],
    [{ ...NOTHING, invoices: 1 }, '1 invoice waits for it'],
    [{ ...NOTHING, payments: 2 }, '2 payments wait for it'],
    [
      { invoices: 3, payments: 1, refunds: 0, credits: 2, customers: 1 },
      '3 invoices, 1 payment, 2 credit memos and 1 customer wait for it',
    ],
  ])('says what waits behind it: %j', (waiting, says) => {
    expect(connectionLostReason('Acme Roofing', waiting)).toBe(
      `QuickBooks of Acme Roofing does not accept our access any more, so nothing reaches the books; ${says}.`,
    );
  });
});
