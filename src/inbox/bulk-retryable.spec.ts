import { describe, expect, it } from 'vitest';
import { type InboxItem, partsOf } from './inbox-item.js';
import { bulkRetryableOf } from './bulk-retryable.js';

const item = (facts: Partial<InboxItem>): InboxItem => ({
  id: 3,
  orgId: 1,
  subject: 'invoice.create:7',
  code: 'books_closed',
  qboCode: '6210',
  reason: 'The books are closed.',
  nextStep: 'Open the period.',
  retry: 'together',
  retryQueuedAt: null,
  retryQueuedBy: null,
  proposalId: 7,
  customerId: null,
  customerName: null,
  intuitTid: null,
  state: 'open',
  createdAt: new Date(0),
  updatedAt: new Date(0),
  closedAt: null,
  ...facts,
});

describe('Trying all of a kind again', () => {
  it('leaves nothing out that may be tried unseen', () => {
    expect(bulkRetryableOf(item({}))).toBeNull();
  });

  it.each([
    { what: 'may have been done', facts: { retry: 'singly' as const }, reason: /not tried again unseen/ },
    { what: 'has nothing to try', facts: { retry: null }, reason: /Nothing is left to retry here\. Open/ },
    { what: 'is being tried', facts: { retryQueuedAt: new Date(0) }, reason: /already/ },
  ])('leaves out, and names, what $what', ({ facts, reason }) => {
    expect(bulkRetryableOf(item(facts))).toEqual({ id: 3, reason: expect.stringMatching(reason) });
  });
});

describe('What an item is about', () => {
  it.each([
    ['invoice.create:7', { kind: 'invoice.create', id: '7' }],
    ['stripe.event:malformed:abc', { kind: 'stripe.event', id: 'malformed:abc' }],
    ['company.invoices_gone', { kind: 'company.invoices_gone', id: '' }],
  ])('%s is a kind and an id of that kind', (subject, parts) => {
    expect(partsOf(subject)).toEqual(parts);
  });
});
