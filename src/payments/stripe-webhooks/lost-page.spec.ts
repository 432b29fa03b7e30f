import { describe, expect, it } from 'vitest';
import { lostPageIn } from './lost-page.js';

const METADATA = { org_id: '3', proposal_id: '7', kind: 'progress', sequence: '2' };
const about = (object: unknown) => ({ id: 'evt_1', data: { object } });

describe('The page of an event that no row knows', () => {
  it('says itself what it was for, and when it was opened', () => {
    expect(lostPageIn(about({ id: 'cs_1', created: 1_780_000_000, metadata: METADATA }))).toEqual({
      orgId: 3,
      proposalId: 7,
      invoiceKind: 'progress',
      invoiceSequence: 2,
      openedAt: new Date(1_780_000_000_000),
      accountId: null,
    });
  });

  it('is in the connected account that Stripe names, whatever it says of itself', () => {
    const object = { id: 'cs_1', created: 1, metadata: { ...METADATA, account: 'acct_2' } };
    expect(lostPageIn({ ...about(object), account: 'acct_1' })).toMatchObject({ accountId: 'acct_1' });
  });

  it('was for a deposit where it says no more', () => {
    const metadata = { org_id: '3', proposal_id: '7', kind: 'tip', sequence: 'last' };
    const page = lostPageIn(about({ id: 'cs_1', created: 1_780_000_000, metadata }));
    expect(page).toMatchObject({ invoiceKind: 'deposit', invoiceSequence: 1 });
  });

  it.each([
    { what: 'names no organisation', object: { created: 1, metadata: { ...METADATA, org_id: '' } } },
    { what: 'names no proposal', object: { created: 1, metadata: { org_id: '3' } } },
    { what: 'names one that can be none', object: { created: 1, metadata: { ...METADATA, org_id: '2e3' } } },
    { what: 'has no day', object: { metadata: METADATA } },
    { what: 'has no metadata', object: { created: 1, metadata: null } },
    { what: 'is no object', object: 'cs_1' },
  ])('is none of ours where it $what', ({ object }) => {
    expect(lostPageIn(about(object))).toBeNull();
  });
});
