import { describe, expect, it } from 'vitest';
import type { InvoiceExplanationFacts, ProposalFacts } from '../explain-facts.js';
import { whyProposal } from './explain-proposal.js';
import { explained } from './explained.fixtures.js';

const { CLOSED, deposit, dispute, invoice, ITEM, LOST, NOW, operation, proposal } = explained;

describe('Why an invoice is not paid', () => {
  it.each<{
    name: string;
    of: Partial<InvoiceExplanationFacts>;
    facts?: Partial<ProposalFacts>;
    says: string;
  }>([
    { name: 'open', of: {}, says: 'Invoice CRM-7 over $3,750.00 is open and due by March 25, 2026.' },
    { name: 'open without a day', of: { dueOn: null }, says: 'Invoice CRM-7 over $3,750.00 is open.' },
    {
      name: 'overdue',
      of: { state: 'overdue', dueOn: '2026-03-08' },
      says: 'Invoice CRM-7 over $3,750.00 is overdue by 12 days.',
    },
    {
      name: 'overdue since yesterday',
      of: { state: 'overdue', dueOn: '2026-03-19' },
      says: 'Invoice CRM-7 over $3,750.00 is overdue by 1 day.',
    },
    {
      name: 'overdue, and its customer was reminded',
      of: { state: 'overdue', dueOn: '2026-03-08', remindedAt: new Date('2026-03-15T15:00:00Z') },
      says: 'Invoice CRM-7 over $3,750.00 is overdue by 12 days; its customer was last reminded on March 15, 2026.',
    },
    {
      name: 'overdue in part',
      of: { state: 'overdue', dueOn: '2026-03-08', paidCents: 100_000, balanceCents: 275_000 },
      says: 'Invoice CRM-7 is overdue by 12 days: $1,000.00 of $3,750.00 is paid and $2,750.00 is still due.',
    },
    {
      name: 'partly paid',
      of: { state: 'partially_paid', paidCents: 100_000, balanceCents: 275_000 },
      says:
        'Invoice CRM-7 is partly paid: $1,000.00 of $3,750.00 is paid and $2,750.00 is still due by ' +
        'March 25, 2026.',
    },
    {
      name: 'lowered by a credit',
      of: { state: 'partially_paid', balanceCents: 275_000 },
      says: 'Invoice CRM-7 is open: $2,750.00 of $3,750.00 is still due by March 25, 2026.',
    },
    {
      name: 'lowered by a credit, and overdue',
      of: { state: 'overdue', dueOn: '2026-03-08', balanceCents: 275_000 },
      says: 'Invoice CRM-7 is overdue by 12 days: $2,750.00 of $3,750.00 is still due.',
    },
    {
      name: 'lowered by a credit and paid in part',
      of: { state: 'partially_paid', paidCents: 100_000, balanceCents: 200_000 },
      says:
        'Invoice CRM-7 is partly paid: $1,000.00 of $3,750.00 is paid and $2,000.00 is still due by ' +
        'March 25, 2026.',
    },
    {
      name: 'paid',
      of: { state: 'paid', balanceCents: 0, paidCents: 375_000, settledOn: '2026-03-10' },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full on March 10, 2026.',
    },
    {
      name: 'paid, some day',
      of: { state: 'paid', balanceCents: 0 },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full.',
    },
    {
      name: 'paid in part, with the rest given up',
      of: { state: 'paid', balanceCents: 0, paidCents: 175_000, settledOn: '2026-03-10' },
      says:
        'Invoice CRM-7 over $3,750.00 was settled on March 10, 2026: $1,750.00 of it was paid, the rest was ' +
        'credited or written off.',
    },
    {
      name: 'over nothing',
      of: { state: 'paid', totalCents: 0, balanceCents: 0 },
      says: 'Invoice CRM-7 is over nothing, so nothing is due.',
    },
    {
      name: 'paid and given back',
      of: { state: 'paid' },
      facts: { deposit: deposit({ refundedCents: 100_000 }) },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full, and $1,000.00 of the deposit was given back since.',
    },
    {
      name: 'paid and disputed',
      of: { state: 'paid' },
      facts: { deposit: deposit({ dispute: dispute('under_review') }) },
      says:
        'Invoice CRM-7 over $3,750.00 was paid in full, but the deposit is disputed by the ' +
        "customer's bank (under review).",
    },
    {
      name: 'paid, and lost to the bank',
      of: { state: 'paid', paidCents: 375_000, recordedCents: 375_000 },
      facts: { deposit: deposit({ dispute: dispute('lost'), lostCents: 375_000 }) },
      says:
        "Invoice CRM-7 over $3,750.00 was paid in full, but the customer's bank took back $3,750.00 " +
        'of the deposit, because the dispute was lost.',
    },
    {
      name: 'paid anew, after the bank took the deposit back',
      of: { state: 'paid', paidCents: 375_000, recordedCents: 375_000 },
      facts: {
        deposit: deposit({
          dispute: dispute('lost'),
          paidCents: 750_000,
          lostCents: 375_000,
          netCents: 375_000,
        }),
      },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full.',
    },
    {
      name: 'paid by check, after the bank took the deposit back',
      of: { state: 'paid', paidCents: 375_000 },
      facts: { deposit: deposit({ dispute: dispute('lost'), lostCents: 375_000 }) },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full.',
    },
    {
      name: 'open again, after the bank took the deposit back',
      of: {},
      facts: { deposit: deposit({ dispute: dispute('lost'), lostCents: 375_000 }) },
      says:
        "Invoice CRM-7 over $3,750.00 is open and due by March 25, 2026; the customer's bank took " +
        'back $3,750.00 of the deposit, because the dispute was lost.',
    },
    {
      name: 'settled by credit',
      of: { state: 'settled_by_credit' },
      says: 'Invoice CRM-7 is settled by a credit or a write-off in QuickBooks, not by a payment.',
    },
    { name: 'voided', of: { state: 'voided' }, says: 'Invoice CRM-7 was voided in QuickBooks.' },
    {
      name: 'deleted with money',
      of: { state: 'deleted' },
      facts: { deposit: deposit() },
      says: "Invoice CRM-7 was deleted in QuickBooks, while $3,750.00 of the customer's deposit is with us.",
    },
    {
      name: 'in another company',
      of: { inOtherCompany: true },
      says:
        'Invoice CRM-7 of this proposal is in another QuickBooks company than the one connected now, ' +
        'so it is not followed any more.',
    },
    { name: 'never read', of: { state: null }, says: 'Invoice CRM-7 has not been read from QuickBooks yet.' },
    {
      name: 'not to be read',
      of: {},
      facts: { connection: LOST },
      says:
        'Invoice CRM-7 was open over $3,750.00 when QuickBooks was last read on March 20, 2026, but ' +
        'now QuickBooks has to be connected again since March 18, 2026.',
    },
    {
      name: 'cancelled meanwhile',
      of: {},
      facts: { status: 'cancelled' },
      says: 'This proposal is cancelled, but invoice CRM-7 is still open over $3,750.00.',
    },
    {
      name: 'not recorded by choice',
      of: {},
      facts: { deposit: deposit(), recordPayments: false },
      says:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because ' +
        'payments are not recorded in QuickBooks from here.',
    },
    {
      name: 'not recorded by choice, which has changed since',
      of: { byHandCents: 375_000 },
      facts: { deposit: deposit(), recordPayments: true },
      says:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because it ' +
        'came while payments were not recorded in QuickBooks from here.',
    },
    {
      name: 'not recorded by choice, a part given back, and the rest recorded by hand',
      of: {
        byHandCents: 375_000,
        paidCents: 275_000,
        balanceCents: 100_000,
        state: 'partially_paid',
        dueOn: null,
      },
      facts: { deposit: deposit({ refundedCents: 100_000 }), recordPayments: false },
      says: 'Invoice CRM-7 is partly paid: $2,750.00 of $3,750.00 is paid and $1,000.00 is still due.',
    },
    {
      name: 'recorded soon',
      of: {},
      facts: { deposit: deposit(), recording: operation('waiting') },
      says:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because ' +
        'that payment is not in QuickBooks yet; it is tried by itself on March 20, 2026 at 11:05 AM ' +
        'MDT.',
    },
    {
      name: 'payment refused',
      of: {},
      facts: { deposit: deposit(), recording: operation('refused', { reason: CLOSED }) },
      says:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because ' +
        'that payment is not in QuickBooks: The books are closed for this date; (Account period ' +
        'closed.).',
    },
    {
      name: 'payment uncertain',
      of: {},
      facts: { deposit: deposit(), recording: operation('uncertain', { nextAttemptAt: NOW }) },
      says:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because ' +
        'QuickBooks did not say yet whether it took that payment; it is looked for by itself now.',
    },
    {
      name: 'payment unapplied',
      of: {},
      facts: {
        deposit: deposit(),
        inbox: { ...ITEM, code: 'payment_unapplied', reason: 'QuickBooks applied nothing.' },
      },
      says:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026: ' +
        'QuickBooks applied nothing.',
    },
  ])('$name', ({ of, facts, says }) => {
    const { answer, nextStep } = whyProposal(proposal({ invoice: invoice(of), ...facts }));
    expect(answer).toBe(says);
    expect(nextStep).not.toBe('');
  });
});

describe('What is open beside it', () => {
  const PAID = invoice({ state: 'paid', balanceCents: 0, paidCents: 375_000, recordedCents: 375_000 });
  const SETTLED = {
    code: 'invoice_settled_already' as const,
    reason: 'The payment of $3,750.00 is not in QuickBooks, because nothing is open on invoice CRM-7.',
    nextStep: 'See in QuickBooks whether this very payment was entered by hand.',
  };

  it('other invoices are open, and it is the one due first that is told of', () => {
    const open = proposal({ invoice: invoice(), othersOpen: { count: 1, cents: 90_000 } });
    expect(whyProposal(open)).toEqual({
      answer:
        'Invoice CRM-7 over $3,750.00 is open and due by March 25, 2026; 1 more invoice is open, over $900.00.',
      nextStep: "Wait for the customer's payment.",
    });
    const { answer } = whyProposal({ ...open, connection: LOST, othersOpen: { count: 2, cents: 90_000 } });
    expect(answer).not.toContain('2 more invoices are open');
  });

  it('an open item has the word about what to do', () => {
    const facts = proposal({ invoice: PAID, inbox: SETTLED, inboxCount: 2 });
    expect(whyProposal(facts)).toEqual({
      answer:
        'Invoice CRM-7 over $3,750.00 was paid in full; a person has to decide: The payment of $3,750.00 ' +
        'is not in QuickBooks, because nothing is open on invoice CRM-7.',
      nextStep: `${SETTLED.nextStep} The inbox has 1 more about it.`,
    });
  });

  it('an invoice that somebody changed does not just wait for the customer', () => {
    const inbox = {
      code: 'invoice_drift' as const,
      reason: 'It was changed.',
      nextStep: 'Agree with the customer.',
    };
    const { nextStep } = whyProposal(proposal({ invoice: invoice(), inbox, inboxCount: 1 }));
    expect(nextStep).toBe('Agree with the customer.');
  });

  it('money beyond the invoice', () => {
    const byHand = { ...PAID, recordedCents: 0 };
    const recording = operation('refused');
    const { answer, nextStep } = whyProposal(proposal({ invoice: byHand, deposit: deposit(), recording }));
    expect(answer).toBe(
      'Invoice CRM-7 over $3,750.00 was paid in full; $3,750.00 more than the invoice comes to is with us.',
    );
    expect(nextStep).toMatch(/refund/i);
    expect(whyProposal(proposal({ invoice: PAID, deposit: deposit() })).nextStep).toBe('Nothing to do.');
    const leftToBookkeeper = proposal({ invoice: byHand, deposit: deposit(), recordPayments: false });
    expect(whyProposal(leftToBookkeeper).nextStep).toBe('Nothing to do.');
  });

  it('a payment that came just now, before it is decided who records it', () => {
    const paid = invoice({ undecidedCents: 375_000 });
    expect(whyProposal(proposal({ invoice: paid, deposit: deposit(), recordPayments: true }))).toMatchObject({
      answer:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because that payment is ' +
        'not in QuickBooks yet.',
      nextStep: 'Wait; it is done by itself.',
    });
  });

  it('a refund that is not in the books yet', () => {
    const unfinished = [
      { ...operation('waiting', { reason: 'QuickBooks is away.' }), kind: 'refund.create' as const },
    ];
    const facts = proposal({ invoice: PAID, deposit: deposit({ refundedCents: 100_000 }), unfinished });
    expect(whyProposal(facts)).toEqual({
      answer:
        'Invoice CRM-7 over $3,750.00 was paid in full, and $1,000.00 of the deposit was given back ' +
        'since; the refund is not in QuickBooks yet (QuickBooks is away) and is tried by itself on March ' +
        '20, 2026 at 11:05 AM MDT.',
      nextStep: 'Wait; it is done by itself.',
    });
    expect(whyProposal({ ...facts, connection: LOST }).nextStep).toMatch(/oauth\/start/);
  });

  it('a later invoice of a customer whom a person keeps out of QuickBooks', () => {
    const unfinished = [
      { ...operation('waiting', { reason: 'Kept out.' }), kind: 'invoice.create' as const },
    ];
    expect(whyProposal(proposal({ invoice: PAID, deposit: deposit(), unfinished, keptOut: 12 }))).toEqual({
      answer:
        'Invoice CRM-7 over $3,750.00 was paid in full; the invoice is not in QuickBooks yet, because a person ' +
        'keeps the customer out of QuickBooks.',
      nextStep: 'To have the invoice there, decide anew by POST /customers/12/match.',
    });
  });

  it('a payment that is not on the invoice that was made anew yet', () => {
    const unfinished = [{ ...operation('waiting', { reason: null }), kind: 'payment.apply' as const }];
    const facts = proposal({ invoice: invoice(), deposit: deposit(), recordPayments: true, unfinished });
    const { answer, nextStep } = whyProposal(facts);
    expect(answer).toContain(
      '; what the customer paid on the invoice before this one is not on it yet and is tried by itself',
    );
    expect(nextStep).toBe('Wait; it is done by itself.');
    expect(whyProposal({ ...facts, unfinished: [] }).nextStep).toContain('Put the payment on this invoice');
  });

  it.each([
    {
      removedCents: 0,
      why: 'because QuickBooks does not have that on this invoice',
      step: /^Have the payment/,
    },
    {
      removedCents: 1,
      why: 'because that payment was deleted or voided in QuickBooks',
      step: /\/payments\/9\/ref/,
    },
  ])(
    'money that was taken off while other money is on it, $why, is not due',
    ({ removedCents, why, step }) => {
      const part = { ...invoice(), totalCents: 850_000, paidCents: 375_000, balanceCents: 475_000 };
      const hidden = { cents: 375_000, removedCents, removedPaymentId: 9 };
      const facts = proposal({ invoice: { ...part, state: 'partially_paid' }, deposit: deposit(), hidden });
      const { answer, nextStep } = whyProposal(facts);
      expect(answer).toBe(
        `Invoice CRM-7 is open over $4,750.00 although $3,750.00 of it was paid, ${why}; $1,000.00 is still due.`,
      );
      expect(nextStep).toMatch(step);
      expect(whyProposal({ ...facts, hidden: null }).answer).toContain('$4,750.00 is still due');
    },
  );

  it('a payment that was moved to another invoice in QuickBooks is not waited for', () => {
    const moved = proposal({ invoice: invoice(), deposit: deposit(), recordPayments: true });
    expect(whyProposal(moved)).toEqual({
      answer:
        'Invoice CRM-7 is open over $3,750.00 although $3,750.00 was paid on March 2, 2026, because QuickBooks has ' +
        '$0.00 on this invoice.',
      nextStep:
        'Put the payment on this invoice in QuickBooks again; if it was meant for something else, agree with the ' +
        'customer on another way to pay this one, such as a check, and receive it there.',
    });
    const part = {
      ...invoice(),
      paidCents: 100_000,
      balanceCents: 275_000,
      state: 'partially_paid' as const,
    };
    const ofPart = { ...deposit(), paidCents: 100_000, netCents: 100_000 };
    const inPart = proposal({ invoice: part, deposit: ofPart, recordPayments: true });
    expect(whyProposal(inPart).nextStep).toBe("Wait for the customer's payment.");
  });
});
