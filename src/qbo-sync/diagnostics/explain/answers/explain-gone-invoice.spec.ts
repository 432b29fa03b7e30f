import { describe, expect, it } from 'vitest';
import type { GoneInvoiceFacts, ProposalFacts } from '../explain-facts.js';
import { whyProposal } from './explain-proposal.js';
import { explained } from './explained.fixtures.js';
import { spentEntries } from './unbilled.js';

const { ITEM, invoice, proposal } = explained;

describe('Money that was paid for an invoice which is gone', () => {
  const PAID = invoice({ state: 'paid', balanceCents: 0, paidCents: 375_000, recordedCents: 375_000 });
  const FINAL: GoneInvoiceFacts = {
    id: 12,
    key: { kind: 'final', sequence: 1, change: null },
    number: 'CRM-7-F',
    state: 'voided',
    netCents: 875_000,
  };
  const PROGRESS: GoneInvoiceFacts = {
    id: 11,
    key: { kind: 'progress', sequence: 2, change: null },
    number: 'CRM-7-P2',
    state: 'deleted',
    netCents: 100_000,
  };
  const IS_PAID = 'Invoice CRM-7 over $3,750.00 was paid in full';
  const kept = (payment: string): string =>
    `; invoice CRM-7-F was voided in QuickBooks, while $8,750.00 of the customer's ${payment} is with us`;
  const PROGRESS_KEPT =
    "; invoice CRM-7-P2 was deleted in QuickBooks, while $1,000.00 of the customer's progress payment 2 is with us";
  const REMAKE = 'Make the invoice anew by POST /invoices/12/remake, or refund the final payment.';
  const UNBILLED = { cents: 875_000, heldCents: 0, entryNumber: 2 };

  it.each<{ name: string; facts: Partial<ProposalFacts>; says: string; next: string }>([
    {
      name: 'while all else is paid, and no entry is offered to bill',
      facts: { invoice: PAID, gone: [FINAL], unbilled: UNBILLED },
      says: `${IS_PAID}${kept('final payment')}.`,
      next: REMAKE,
    },
    {
      name: 'of a change order',
      facts: {
        invoice: PAID,
        gone: [{ ...FINAL, key: { ...PROGRESS.key, change: { number: 1, description: 'Skylights' } } }],
      },
      says: `${IS_PAID}${kept('payment for change order 1')}.`,
      next: 'Make the invoice anew by POST /invoices/12/remake, or refund change order 1.',
    },
    {
      name: 'more than once',
      facts: { invoice: PAID, gone: [PROGRESS, FINAL] },
      says: `${IS_PAID}${PROGRESS_KEPT}${kept('final payment')}.`,
      next: `Make the invoice anew by POST /invoices/11/remake, or refund progress payment 2. ${REMAKE}`,
    },
    {
      name: 'while another invoice is overdue',
      facts: { invoice: invoice({ state: 'overdue', dueOn: '2026-03-19' }), gone: [FINAL] },
      says: `Invoice CRM-7 over $3,750.00 is overdue by 1 day${kept('final payment')}.`,
      next: `Remind the customer by POST /invoices/4/remind. ${REMAKE}`,
    },
    {
      name: 'while a person has to decide about something else',
      facts: { invoice: PAID, gone: [FINAL], inbox: ITEM, inboxCount: 1 },
      says: `${IS_PAID}; a person has to decide: The invoice: the books are closed${kept('final payment')}.`,
      next: `Open the period. ${REMAKE}`,
    },
    {
      name: 'where nothing is left to bill by it',
      facts: { invoice: PAID, gone: [PROGRESS], spentEntries: [PROGRESS.key] },
      says: `${IS_PAID}${PROGRESS_KEPT}.`,
      next: 'Put the money on another invoice in QuickBooks, or refund progress payment 2.',
    },
    {
      name: 'of a proposal that was cancelled',
      facts: { invoice: PAID, gone: [FINAL], status: 'cancelled' },
      says: `${IS_PAID}${kept('final payment')}.`,
      next: 'Refund the final payment.',
    },
  ])('is named $name', ({ facts, says, next }) => {
    expect(whyProposal(proposal(facts))).toEqual({ answer: says, nextStep: next });
  });

  it('is no reason to make an invoice anew where nothing was paid and nothing is left to bill', () => {
    const gone = invoice({ state: 'voided', key: FINAL.key });
    expect(whyProposal(proposal({ invoice: gone, spentEntries: [FINAL.key] }))).toEqual({
      answer: 'Invoice CRM-7 was voided in QuickBooks.',
      nextStep: 'Nothing to do.',
    });
  });

  it('has nothing left to bill by entries that were billed and stand as pending or void', () => {
    const was = { id: 11 } as never;
    const plannedEntries = [
      { kind: 'deposit' as const, sequence: 1, state: 'void' as const, invoice: was },
      { kind: 'progress' as const, sequence: 1, state: 'ready' as const, invoice: was },
      { kind: 'progress' as const, sequence: 2, state: 'pending' as const, invoice: was },
      { kind: 'final' as const, sequence: 1, state: 'pending' as const, invoice: null },
    ];
    expect(spentEntries({ plannedEntries })).toEqual([
      { kind: 'deposit', sequence: 1 },
      { kind: 'progress', sequence: 2 },
    ]);
  });
});
