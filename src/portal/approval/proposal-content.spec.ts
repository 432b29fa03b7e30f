import { describe, expect, it } from 'vitest';
import type { AgreedTerms } from '../../contracts/agreed-terms.js';
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
const TERMS: AgreedTerms = {
  termsDays: 14,
  retainagePercent: 0,
  taxMode: 'none',
  taxPercent: 0,
  companyTerms: null,
};

describe('What is approved', () => {
  it('has one hash, whatever else stands on its row', () => {
    const row = { ...CONTENT, notes: 'internal', qboInvoiceId: '9' };
    expect(contentHash(row, DEPOSIT, TERMS)).toEqual(
      contentHash(structuredClone(CONTENT), { ...DEPOSIT }, { ...TERMS }),
    );
    expect(contentHash(CONTENT, DEPOSIT, TERMS)).toHaveLength(32);
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
    expect(contentHash({ ...CONTENT, ...change }, DEPOSIT, TERMS)).not.toEqual(
      contentHash(CONTENT, DEPOSIT, TERMS),
    );
  });

  it('has another hash with another deposit, but for approvals from before it was covered', () => {
    for (const deposit of [
      { percent: 50, cents: 60 },
      { percent: 30, cents: 100 },
      { percent: 30, cents: null },
    ]) {
      expect(contentHash(CONTENT, deposit, TERMS)).not.toEqual(contentHash(CONTENT, DEPOSIT, TERMS));
      expect(contentHash(CONTENT, deposit, TERMS, 1)).toEqual(contentHash(CONTENT, DEPOSIT, TERMS, 1));
    }
  });

  it.each<Partial<AgreedTerms>>([
    { termsDays: 30 },
    { retainagePercent: 5 },
    { taxMode: 'qbo' },
    { taxPercent: 8.25 },
    { companyTerms: 'No smoking on the roof.' },
  ])('has another hash with other terms, %o, but for approvals from before they were covered', (other) => {
    const terms = { ...TERMS, ...other };
    expect(contentHash(CONTENT, DEPOSIT, terms)).not.toEqual(contentHash(CONTENT, DEPOSIT, TERMS));
    expect(contentHash(CONTENT, DEPOSIT, terms, 2)).toEqual(contentHash(CONTENT, DEPOSIT, TERMS, 2));
  });
});
