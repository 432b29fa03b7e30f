import { describe, expect, it } from 'vitest';
import { whyCustomer } from './explain-customer.js';
import type { CustomerExplanationFacts } from '../explain-facts.js';
import { explained } from './explained.fixtures.js';

const { AROUND, LOST, NEVER, operation } = explained;

describe('Why a customer is not in QuickBooks', () => {
  const customer = (facts: Partial<CustomerExplanationFacts>): CustomerExplanationFacts => ({
    ...AROUND,
    id: 3,
    qboCustomerId: null,
    lastSyncAt: null,
    inOtherCompany: false,
    excluded: false,
    undecided: false,
    resting: null,
    inactive: false,
    differs: false,
    operation: null,
    ...facts,
  });
  const synced = { qboCustomerId: '58', lastSyncAt: new Date('2026-03-20T16:00:00Z') };

  it.each<{ name: string; facts: Partial<CustomerExplanationFacts>; says: string; next: RegExp }>([
    {
      name: 'not needed yet',
      facts: {},
      says: 'This customer is not in QuickBooks, because nothing has needed it there yet.',
      next: /first invoice/,
    },
    {
      name: 'inactive here',
      facts: { resting: 'inactive' },
      says: 'This customer is not in QuickBooks, because it is inactive here.',
      next: /^Nothing to do; .+ PATCH \/customers\/3 \{"is_active": true\}\.$/,
    },
    {
      name: 'erased here',
      facts: { resting: 'erased' },
      says: 'This customer is not in QuickBooks, and its personal data was erased here.',
      next: /^Nothing to do\.$/,
    },
    {
      name: 'skipped',
      facts: { connection: NEVER },
      says: 'This customer is not in QuickBooks, because QuickBooks is not connected.',
      next: /oauth\/start/,
    },
    {
      name: 'being created',
      facts: { operation: operation('sent') },
      says: 'This customer is not in QuickBooks, and the customer is being made in QuickBooks.',
      next: /minute/,
    },
    {
      name: 'refused',
      facts: { operation: operation('refused', { reason: 'QuickBooks has another "Ann Ruiz".' }) },
      says: 'This customer is not in QuickBooks, but the customer was refused: QuickBooks has another "Ann Ruiz".',
      next: /sync\/customer\/3/,
    },
    {
      name: 'synced',
      facts: synced,
      says: 'This customer is in QuickBooks and was last synced on March 20, 2026 at 10:00 AM MDT.',
      next: /Nothing/,
    },
    {
      name: 'changed since',
      facts: { ...synced, differs: true },
      says:
        'This customer is in QuickBooks and was last synced on March 20, 2026 at 10:00 AM MDT, but ' +
        'was changed here since.',
      next: /next invoice/,
    },
    {
      name: 'may be there already, and nobody has said which',
      facts: {
        undecided: true,
        operation: operation('waiting', { reason: 'It may be in QuickBooks already (customer 1, "Amy").' }),
      },
      says: 'This customer is not in QuickBooks: it may be in QuickBooks already (customer 1, "Amy").',
      next: /^Link one by POST \/customers\/\d+\/match /,
    },
    {
      name: 'may be there already',
      facts: {
        undecided: true,
        operation: operation('waiting', {
          reason:
            'It may be in QuickBooks already (customer 1, "Amy" (same e-mail)), so a person has to decide.',
        }),
        inbox: { code: 'customer_match', reason: '', nextStep: 'Link one.' },
        inboxCount: 1,
      },
      says:
        'This customer is not in QuickBooks: it may be in QuickBooks already (customer 1, "Amy" ' +
        '(same e-mail)), so a person has to decide.',
      next: /^Link one/,
    },
    {
      name: 'kept out',
      facts: { excluded: true },
      says: 'This customer is not in QuickBooks, because a person keeps it out.',
      next: /decide anew/,
    },
    {
      name: 'made inactive there',
      facts: { ...synced, inactive: true },
      says:
        'This customer is in QuickBooks and was last synced on March 20, 2026 at 10:00 AM MDT, but ' +
        'was made inactive there.',
      next: /active again/,
    },
    {
      name: 'out of reach',
      facts: { ...synced, connection: LOST },
      says:
        'This customer is in QuickBooks and was last synced on March 20, 2026 at 10:00 AM MDT, but ' +
        'now QuickBooks has to be connected again since March 18, 2026.',
      next: /oauth\/start/,
    },
    {
      name: 'in another company',
      facts: { ...synced, inOtherCompany: true },
      says: 'This customer is in another QuickBooks company than the one connected now.',
      next: /next invoice/,
    },
  ])('$name', ({ facts, says, next }) => {
    const { answer, nextStep } = whyCustomer(customer(facts));
    expect(answer).toBe(says);
    expect(nextStep).toMatch(next);
  });
});
