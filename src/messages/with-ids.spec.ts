import { describe, expect, it } from 'vitest';
import { INBOX_CODES, inboxMessageOf } from './inbox-messages.js';
import { withIds } from './with-ids.js';

describe('The next step of an inbox item', () => {
  const step =
    'Make it by POST /qbo/invoice/{proposal_id}, or refund it by POST /payments/{payment_id}/refund.';

  it('names the routes with the ids of what it is about', () => {
    expect(withIds(step, { proposalId: 7, paymentId: 12 })).toBe(
      'Make it by POST /qbo/invoice/7, or refund it by POST /payments/12/refund.',
    );
    expect(withIds('POST /customers/{customer_id}/match', { customerId: 3 })).toBe('POST /customers/3/match');
    expect(withIds('POST /invoices/{invoice_id}/remind', { invoiceId: 5 })).toBe('POST /invoices/5/remind');
    expect(withIds('change-orders/{number}/approve', { changeOrderNumber: 2 })).toBe(
      'change-orders/2/approve',
    );
  });

  it('keeps the place of an id that nobody knows', () => {
    expect(withIds(step, { proposalId: null })).toBe(step);
  });

  it('has no other places than those, and one that it says where to find', () => {
    const places = INBOX_CODES.flatMap((code) => inboxMessageOf(code).nextStep.match(/\{[^}"]*\}/g) ?? []);
    expect([...new Set(places)].toSorted()).toEqual([
      '{customer_id}',
      '{id}',
      '{invoice_id}',
      '{number}',
      '{payment_id}',
      '{proposal_id}',
    ]);
  });
});
