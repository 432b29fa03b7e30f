import { describe, expect, it } from 'vitest';
import { whyProposal } from './explain-proposal.js';
import { explained } from './explained.fixtures.js';
import { unbilledOf } from './unbilled.js';

describe('What is left to bill of a contract of 900.00', () => {
  const entry = (
    kind: 'deposit' | 'final' | 'retainage',
    state: 'invoiced' | 'ready' | 'pending' | 'void',
    plannedCents = 0,
  ) => ({ number: ['deposit', 'final', 'retainage'].indexOf(kind) + 1, kind, state, plannedCents });
  const held = { depositCents: 90_000, remainingCents: 90_000, retainedCents: 0, depositHeldCents: 90_000 };
  const COVERED = {
    isComplete: true,
    standing: held,
    plannedEntries: [entry('deposit', 'invoiced'), entry('final', 'ready')],
  };

  it('is the final invoice over nothing, where the work is complete and the deposit that is held covers all', () => {
    const unbilled = unbilledOf(COVERED);
    expect(unbilled).toEqual({ cents: 0, heldCents: 90_000, entryNumber: 2 });
    const invoice = explained.invoice({ state: 'paid', balanceCents: 0 });
    expect(whyProposal(explained.proposal({ invoice, unbilled }))).toEqual({
      answer:
        'Invoice CRM-7 over $3,750.00 was paid in full; the work is complete, but $900.00 of the deposit is still ' +
        'held, because the final invoice is not made.',
      nextStep:
        'Make the final invoice by POST /proposals/7/contract/entries/2/bill: it turns the deposit into revenue.',
    });
  });

  it.each([
    { name: 'before the work is complete', facts: { isComplete: false } },
    {
      name: 'where the deposit was revenue when it was billed',
      facts: {
        standing: { ...held, remainingCents: 0, depositHeldCents: 0 },
        plannedEntries: [entry('deposit', 'invoiced'), entry('final', 'pending')],
      },
    },
    {
      name: 'once the final invoice has released it',
      facts: {
        standing: { ...held, remainingCents: 0, depositHeldCents: 0 },
        plannedEntries: [entry('deposit', 'invoiced'), entry('final', 'invoiced')],
      },
    },
  ])('is nothing $name', ({ facts }) => {
    expect(unbilledOf({ ...COVERED, ...facts })).toBeNull();
  });

  it('is the final invoice over its tax, where the work of a deposit that was revenue at once is not taxed', () => {
    const standing = { ...held, remainingCents: 0, depositHeldCents: 0 };
    const unbilled = unbilledOf({ ...COVERED, standing });
    expect(unbilled).toEqual({ cents: 0, heldCents: 0, untaxedCents: 90_000, entryNumber: 2 });
    const invoice = explained.invoice({ state: 'paid', balanceCents: 0 });
    expect(whyProposal(explained.proposal({ invoice, unbilled }))).toEqual({
      answer:
        'Invoice CRM-7 over $3,750.00 was paid in full; the work is complete, but that of the deposit of $900.00 is ' +
        'not taxed, because the final invoice is not made.',
      nextStep:
        'Make the final invoice by POST /proposals/7/contract/entries/2/bill: it bills that work less the deposit, ' +
        'with its tax.',
    });
  });

  it('is what the deposit does not cover, by the next entry', () => {
    const standing = { ...held, depositHeldCents: 30_000 };
    const entries = [entry('deposit', 'invoiced'), entry('final', 'ready', 60_000)];
    expect(unbilledOf({ ...COVERED, standing, plannedEntries: entries })).toEqual({
      cents: 60_000,
      heldCents: 0,
      entryNumber: 2,
    });
  });

  it('is the retainage, where no final invoice is left to make', () => {
    const standing = { depositCents: 0, remainingCents: 0, retainedCents: 9_000, depositHeldCents: 0 };
    const entries = [
      entry('deposit', 'invoiced'),
      entry('final', 'pending'),
      entry('retainage', 'ready', 9_000),
    ];
    expect(unbilledOf({ ...COVERED, standing, plannedEntries: entries })).toMatchObject({ entryNumber: 3 });
  });
});
