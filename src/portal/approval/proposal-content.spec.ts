import { describe, expect, it } from 'vitest';
import { contentHash, type ProposalContent } from './proposal-content.js';

const LINE = { description: 'Roof', quantity: 1, unitPriceCents: 100, amountCents: 100 };
const CONTENT: ProposalContent = {
  id: 7,
  name: 'Roof',
  currency: 'USD',
  amountCents: 200,
  lines: [LINE, LINE],
};

const DEPOSIT = { percent: 30, cents: 60 };

describe('What is approved', () => {
  it('has one hash, whatever else stands on its row', () => {
    const row = { ...CONTENT, notes: 'internal', qboInvoiceId: '9' };
    expect(contentHash(row, DEPOSIT)).toEqual(contentHash(structuredClone(CONTENT), { ...DEPOSIT }));
    expect(contentHash(CONTENT, DEPOSIT)).toHaveLength(32);
  });

  it.each<{ what: string; change: Partial<ProposalContent> }>([
    { what: 'another proposal', change: { id: 8 } },
    { what: 'another name', change: { name: 'Gutter' } },
    { what: 'another currency', change: { currency: 'EUR' } },
    { what: 'another total', change: { amountCents: 201 } },
    { what: 'a line less', change: { lines: [LINE] } },
    { what: 'another description', change: { lines: [LINE, { ...LINE, description: 'Roof ' }] } },
    { what: 'another quantity', change: { lines: [LINE, { ...LINE, quantity: 1.0001 }] } },
    { what: 'another price', change: { lines: [LINE, { ...LINE, unitPriceCents: 99 }] } },
    { what: 'another amount', change: { lines: [LINE, { ...LINE, amountCents: 99 }] } },
    {
      what: 'the same lines otherwise cut',
      change: { lines: [{ ...LINE, description: 'Roof",1,100,100],["Roof' }] },
    },
  ])('has another hash with $what', ({ change }) => {
    expect(contentHash({ ...CONTENT, ...change }, DEPOSIT)).not.toEqual(contentHash(CONTENT, DEPOSIT));
  });

  it('has another hash with another deposit, but for approvals from before it was covered', () => {
    for (const deposit of [
      { percent: 50, cents: 60 },
      { percent: 30, cents: 100 },
      { percent: 30, cents: null },
    ]) {
      expect(contentHash(CONTENT, deposit)).not.toEqual(contentHash(CONTENT, DEPOSIT));
      expect(contentHash(CONTENT, deposit, 1)).toEqual(contentHash(CONTENT, DEPOSIT, 1));
    }
  });
});
