import { describe, expect, it } from 'vitest';
import { DEPOSIT } from '../../../invoices/invoice-key.js';
import { whyCustomer } from './explain-customer.js';
import type {
  CheckoutFacts,
  CustomerExplanationFacts,
  InvoiceExplanationFacts,
  OperationFacts,
  ProposalFacts,
} from './explain-facts.js';
import { whyProposal } from './explain-proposal.js';
import { clause } from './wording.js';

const NOW = new Date('2026-03-20T17:00:00Z');
const AROUND = {
  connection: { state: 'connected' as const, since: new Date('2026-01-05T17:00:00Z') },
  inbox: null,
  inboxCount: 0,
  unfinished: [],
  now: NOW,
  today: '2026-03-20',
  timeZone: 'America/Denver',
};

const proposal = (facts: Partial<ProposalFacts> = {}): ProposalFacts => ({
  ...AROUND,
  id: 7,
  status: 'approved',
  amountCents: 1_250_000,
  depositDueCents: 375_000,
  currency: 'USD',
  approvedAt: new Date('2026-03-01T17:00:00Z'),
  link: 'live',
  deposit: null,
  paidDeposit: null,
  checkout: null,
  invoicesFrom: null,
  recordPayments: true,
  unbilled: null,
  openChange: null,
  invoice: null,
  operation: null,
  recording: null,
  ...facts,
});
const deposit = (facts: { refundedCents?: number; lostCents?: number; dispute?: string } = {}) => ({
  paidCents: 375_000,
  refundedCents: 0,
  lostCents: 0,
  netCents: 375_000 - (facts.refundedCents ?? 0) - (facts.lostCents ?? 0),
  paidAt: new Date('2026-03-02T17:00:00Z'),
  dispute: null,
  ...facts,
});
const operation = (state: OperationFacts['state'], facts: Partial<OperationFacts> = {}): OperationFacts => ({
  state,
  attempts: 1,
  reason: null,
  since: new Date('2026-03-20T16:30:00Z'),
  nextAttemptAt: new Date('2026-03-20T17:05:00Z'),
  ...facts,
});
const invoice = (facts: Partial<InvoiceExplanationFacts> = {}): InvoiceExplanationFacts => ({
  id: 4,
  key: DEPOSIT,
  number: 'CRM-7',
  state: 'open',
  totalCents: 375_000,
  balanceCents: 375_000,
  paidCents: 0,
  recordedCents: 0,
  dueOn: '2026-03-25',
  paidAt: null,
  lastSyncAt: new Date('2026-03-20T16:59:00Z'),
  inOtherCompany: false,
  ...facts,
});
const page = (status: CheckoutFacts['status'], facts: Partial<CheckoutFacts> = {}): CheckoutFacts => ({
  status,
  amountCents: 375_000,
  expiresAt: new Date('2026-03-21T17:00:00Z'),
  since: new Date('2026-03-19T17:00:00Z'),
  error: null,
  ...facts,
});
const LOST = { state: 'needs_reauth' as const, since: new Date('2026-03-18T17:00:00Z') };
const NEVER = { state: 'never' as const, since: null };
const ITEM = {
  code: 'books_closed' as const,
  reason: 'The invoice: the books are closed.',
  nextStep: 'Open the period.',
};
const CLOSED = 'The books are closed for this date. (Account period closed.)';

describe('Why a proposal is not invoiced', () => {
  it.each<{ name: string; facts: Partial<ProposalFacts>; says: string; next: RegExp }>([
    {
      name: 'a lead',
      facts: { status: 'lead' },
      says: 'This is still a lead, so there is nothing to approve or pay yet.',
      next: /POST \/proposals/,
    },
    {
      name: 'an empty draft',
      facts: { status: 'draft', amountCents: 0 },
      says: 'This proposal is a draft that comes to nothing.',
      next: /PATCH/,
    },
    {
      name: 'a draft nobody saw',
      facts: { status: 'draft', link: 'none' },
      says: 'This proposal is a draft that its customer has not been shown.',
      next: /\/portal\/email\/7/,
    },
    {
      name: 'a draft that was sent',
      facts: { status: 'draft' },
      says: 'The customer can see this proposal and has not approved it yet.',
      next: /approve/,
    },
    {
      name: 'a draft whose link is over',
      facts: { status: 'draft', link: 'over' },
      says: 'The customer did not approve this proposal before its link ended.',
      next: /new link/,
    },
    {
      name: 'cancelled',
      facts: { status: 'cancelled' },
      says: 'This proposal is cancelled, so nothing is invoiced.',
      next: /new one/,
    },
    {
      name: 'cancelled while the answer to its invoice was lost',
      facts: { status: 'cancelled', operation: operation('uncertain') },
      says: 'This proposal is cancelled, and QuickBooks has not said whether it made the invoice before.',
      next: /looked for by itself/,
    },
    {
      name: 'cancelled and paid',
      facts: { status: 'cancelled', deposit: deposit() },
      says: 'This proposal is cancelled, but the deposit of $3,750.00 was paid on March 2, 2026.',
      next: /Refund/,
    },
    {
      name: 'cancelled and given back',
      facts: { status: 'cancelled', deposit: deposit({ refundedCents: 375_000 }) },
      says: 'This proposal is cancelled, so nothing is invoiced.',
      next: /new one/,
    },
    {
      name: 'approved, no page',
      facts: {},
      says: 'The deposit has not been paid, and no payment page was opened for it.',
      next: /checkout_session/,
    },
    {
      name: 'approved, above what Stripe takes in one payment',
      facts: { depositDueCents: 120_000_000 },
      says:
        'The deposit has not been paid: $1,200,000.00 cannot be paid online: Stripe takes $999,999.99 at ' +
        'the most.',
      next: /^Make its invoice by POST \/qbo\/invoice\/7, and agree with the customer on another way to pay/,
    },
    {
      name: 'approved, below what Stripe takes, never connected',
      facts: { depositDueCents: 49, connection: NEVER },
      says: 'The deposit has not been paid: $0.49 cannot be paid online: Stripe takes $0.50 at the least.',
      next: /such as a check\. Connect QuickBooks/,
    },
    {
      name: 'an open page',
      facts: { checkout: page('open') },
      says:
        'The customer has not paid the deposit of $3,750.00 on the payment page yet, which is open ' +
        'until March 21, 2026 at 11:00 AM MDT.',
      next: /remind/,
    },
    {
      name: 'a page without an end',
      facts: { checkout: page('open', { expiresAt: null }) },
      says: 'The customer has not paid the deposit of $3,750.00 on the payment page yet.',
      next: /remind/,
    },
    {
      name: 'an open page past its end',
      facts: { checkout: page('open', { expiresAt: new Date('2026-03-19T17:00:00Z') }) },
      says: 'The payment page for the deposit of $3,750.00 ended on March 19, 2026 without a payment.',
      next: /POST/,
    },
    {
      name: 'an expired page',
      facts: { checkout: page('expired') },
      says: 'The payment page for the deposit of $3,750.00 ended on March 19, 2026 without a payment.',
      next: /POST/,
    },
    {
      name: 'money at the bank',
      facts: { checkout: page('pending') },
      says:
        'The customer has told their bank to pay the deposit of $3,750.00 on March 19, 2026, and the ' +
        'bank has not done so yet.',
      next: /Wait/,
    },
    {
      name: 'a failed payment',
      facts: { checkout: page('failed', { error: 'payment_failed' }) },
      says: "The customer's payment of $3,750.00 failed on March 19, 2026.",
      next: /POST/,
    },
    {
      name: 'a refused page',
      facts: { checkout: page('failed', { error: 'stripe_refused' }) },
      says: 'Stripe opened no payment page for the deposit of $3,750.00 on March 19, 2026 (stripe_refused).',
      next: /Stripe/,
    },
    {
      name: 'a page just paid',
      facts: { checkout: page('paid') },
      says:
        'The payment page for the deposit of $3,750.00 was paid on March 19, 2026, and the payment ' +
        'is being booked.',
      next: /Nothing/,
    },
    {
      name: 'a refunded deposit',
      facts: { deposit: deposit({ refundedCents: 375_000 }) },
      says: 'The deposit of $3,750.00 was paid on March 2, 2026 and given back in full.',
      next: /cancel/,
    },
    {
      name: 'a deposit that the bank took back',
      facts: { deposit: deposit({ dispute: 'lost', lostCents: 375_000 }) },
      says: "Of the deposit of $3,750.00 the customer's bank took back $3,750.00, because the dispute was lost.",
      next: /Ask the customer to pay/,
    },
    {
      name: 'a disputed deposit',
      facts: { deposit: deposit({ dispute: 'needs_response' }) },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (needs_response).",
      next: /dispute/,
    },
    {
      name: 'paid just now',
      facts: { deposit: deposit() },
      says: 'The deposit of $3,750.00 was paid on March 2, 2026, and the invoice is about to be made in QuickBooks.',
      next: /minute/,
    },
    {
      name: 'paid, never connected',
      facts: { deposit: deposit(), connection: NEVER },
      says: 'The deposit of $3,750.00 was paid on March 2, 2026, but QuickBooks is not connected.',
      next: /oauth\/start/,
    },
    {
      name: 'waiting, never connected',
      facts: { deposit: deposit(), operation: operation('waiting'), connection: NEVER },
      says: 'The deposit of $3,750.00 was paid on March 2, 2026, but QuickBooks is not connected.',
      next: /oauth\/start/,
    },
    {
      name: 'waiting for a new consent',
      facts: { deposit: deposit(), operation: operation('waiting'), connection: LOST },
      says:
        'The deposit of $3,750.00 was paid on March 2, 2026, but QuickBooks has to be connected ' +
        'again since March 18, 2026.',
      next: /oauth\/start/,
    },
    {
      name: 'connected elsewhere',
      facts: { operation: operation('ready'), connection: { state: 'elsewhere', since: null } },
      says:
        'This proposal was approved on March 1, 2026, but the connected company lives in another ' +
        "environment of Intuit's than this installation.",
      next: /QBO_ENV/,
    },
    {
      name: 'held back',
      facts: { operation: operation('held_back'), invoicesFrom: '2026-03-15' },
      says:
        'This proposal was approved on March 1, 2026, before the day from which invoices are made ' +
        'here, March 15, 2026, so its invoice is held back.',
      next: /invoices_from/,
    },
    {
      name: 'held back no more',
      facts: { operation: operation('held_back'), invoicesFrom: null },
      says: 'This proposal was approved on March 1, 2026, and the invoice is about to be made in QuickBooks.',
      next: /^Wait/,
    },
    {
      name: 'tried again later',
      facts: { operation: operation('ready', { reason: 'QuickBooks asks to slow down.' }) },
      says:
        'This proposal was approved on March 1, 2026, but the invoice could not be made yet ' +
        '(QuickBooks asks to slow down) and is tried again by itself on March 20, 2026 at 11:05 AM ' +
        'MDT.',
      next: /hours/,
    },
    {
      name: 'on its way',
      facts: { operation: operation('sent') },
      says: 'This proposal was approved on March 1, 2026, and the invoice is being made in QuickBooks.',
      next: /minute/,
    },
    {
      name: 'uncertain',
      facts: { operation: operation('uncertain') },
      says:
        'QuickBooks did not answer when the invoice was sent on March 20, 2026 at 10:30 AM MDT, so ' +
        'it is not known whether it was made; it is looked for by itself on March 20, 2026 at 11:05 ' +
        'AM MDT.',
      next: /by hand/,
    },
    {
      name: 'uncertain, and the connection lost',
      facts: { operation: operation('uncertain'), connection: LOST },
      says:
        'QuickBooks did not answer when the invoice was sent on March 20, 2026 at 10:30 AM MDT, so ' +
        'it is not known whether it was made, and QuickBooks has to be connected again since March ' +
        '18, 2026.',
      next: /oauth\/start/,
    },
    {
      name: 'refused',
      facts: { operation: operation('refused', { reason: CLOSED }), inbox: ITEM },
      says:
        'This proposal was approved on March 1, 2026, but the invoice was refused: The books are ' +
        'closed for this date; (Account period closed.).',
      next: /Open the period/,
    },
    {
      name: 'with a person',
      facts: {
        operation: operation('needs_person', {
          reason: 'QuickBooks never answered and shows no trace of it.',
        }),
      },
      says:
        'This proposal was approved on March 1, 2026, but a person has to decide about the invoice: ' +
        'QuickBooks never answered and shows no trace of it.',
      next: /again/,
    },
    {
      name: 'done and untied',
      facts: { operation: operation('done') },
      says:
        'This proposal was approved on March 1, 2026, and the invoice was made in QuickBooks, but it ' +
        'is not tied to this record any more.',
      next: /POST/,
    },
  ])('$name', ({ facts, says, next }) => {
    const { answer, nextStep } = whyProposal(proposal(facts));
    expect(answer).toBe(says);
    expect(nextStep).toMatch(next);
  });
});

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
      name: 'paid',
      of: { state: 'paid', balanceCents: 0, paidCents: 375_000, paidAt: new Date('2026-03-10T17:00:00Z') },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full on March 10, 2026.',
    },
    {
      name: 'paid, some day',
      of: { state: 'paid', balanceCents: 0 },
      says: 'Invoice CRM-7 over $3,750.00 was paid in full.',
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
      facts: { deposit: deposit({ dispute: 'under_review' }) },
      says:
        'Invoice CRM-7 over $3,750.00 was paid in full, but the deposit is disputed by the ' +
        "customer's bank (under_review).",
    },
    {
      name: 'paid, and lost to the bank',
      of: { state: 'paid' },
      facts: { deposit: deposit({ dispute: 'lost', lostCents: 375_000 }) },
      says:
        "Invoice CRM-7 over $3,750.00 was paid in full, but the customer's bank took back $3,750.00 " +
        'of the deposit, because the dispute was lost.',
    },
    {
      name: 'open again, after the bank took the deposit back',
      of: {},
      facts: { deposit: deposit({ dispute: 'lost', lostCents: 375_000 }) },
      says:
        "Invoice CRM-7 over $3,750.00 is open and due by March 25, 2026; the customer's bank took " +
        'back $3,750.00 of the deposit, because the dispute was lost.',
    },
    {
      name: 'settled by credit',
      of: { state: 'settled_by_credit' },
      says: 'Invoice CRM-7 is settled by a credit in QuickBooks, not by a payment.',
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

describe('Why a customer is not in QuickBooks', () => {
  const customer = (facts: Partial<CustomerExplanationFacts>): CustomerExplanationFacts => ({
    ...AROUND,
    id: 3,
    qboCustomerId: null,
    lastSyncAt: null,
    inOtherCompany: false,
    excluded: false,
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
      name: 'may be there already',
      facts: {
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

describe('What is open beside it', () => {
  const PAID = invoice({ state: 'paid', balanceCents: 0, paidCents: 375_000, recordedCents: 375_000 });
  const SETTLED = {
    code: 'invoice_settled_already' as const,
    reason: 'The payment of $3,750.00 is not in QuickBooks, because nothing is open on invoice CRM-7.',
    nextStep: 'See in QuickBooks whether this very payment was entered by hand.',
  };

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
    const { answer, nextStep } = whyProposal(proposal({ invoice: byHand, deposit: deposit() }));
    expect(answer).toBe(
      'Invoice CRM-7 over $3,750.00 was paid in full; $3,750.00 more than the invoice comes to is with us.',
    );
    expect(nextStep).toMatch(/refund/i);
    expect(whyProposal(proposal({ invoice: PAID, deposit: deposit() })).nextStep).toBe('Nothing to do.');
    const leftToBookkeeper = proposal({ invoice: byHand, deposit: deposit(), recordPayments: false });
    expect(whyProposal(leftToBookkeeper).nextStep).toBe('Nothing to do.');
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

describe('What somebody else wrote', () => {
  it.each([
    { text: 'It failed.', is: 'It failed' },
    { text: 'It failed! Really.\nTwice.', is: 'It failed; Really; Twice' },
    { text: 'costs 3.50 a piece', is: 'costs 3.50 a piece' },
    { text: ' . ', is: 'no reason was given' },
    { text: null, is: 'no reason was given' },
  ])('"$text" becomes a clause', ({ text, is }) => {
    expect(clause(text)).toBe(is);
  });
});
