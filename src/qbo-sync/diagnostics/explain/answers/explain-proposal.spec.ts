import { describe, expect, it } from 'vitest';
import type { ProposalFacts } from '../explain-facts.js';
import { whyProposal } from './explain-proposal.js';
import { explained } from './explained.fixtures.js';

const { CLOSED, deposit, dispute, ITEM, LOST, NEVER, operation, page, proposal } = explained;

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
      facts: { deposit: deposit({ dispute: dispute('lost'), lostCents: 375_000 }) },
      says: "Of the deposit of $3,750.00 the customer's bank took back $3,750.00, because the dispute was lost.",
      next: /Ask the customer to pay/,
    },
    {
      name: 'a deposit of which a part is back, of a proposal that is cancelled',
      facts: { status: 'cancelled', deposit: deposit({ refundedCents: 100_000 }) },
      says:
        'This proposal is cancelled, but the deposit of $3,750.00 was paid on March 2, 2026, of which $2,750.00 is ' +
        'with us still.',
      next: /Refund the deposit/,
    },
    {
      name: 'an invoice whose customer may be in QuickBooks already, where nobody has said which',
      facts: {
        operation: operation('waiting', { reason: 'It may be in QuickBooks already (customer 1, "Amy").' }),
        undecided: 12,
      },
      says:
        'This proposal was approved on March 1, 2026, but the invoice waits for its customer: It may be in ' +
        'QuickBooks already (customer 1, "Amy").',
      next: /^Link one by POST \/customers\/12\/match /,
    },
    {
      name: 'a disputed deposit',
      facts: { deposit: deposit({ dispute: dispute('needs_response') }) },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (needs response).",
      next: /^Answer the dispute/,
    },
    {
      name: 'a disputed deposit, with the day until which the bank takes an answer',
      facts: {
        deposit: deposit({
          dispute: dispute('needs_response', { respondBy: new Date('2026-03-22T03:59:00Z') }),
        }),
      },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (needs response).",
      next: /by March 21, 2026 at 9:59 PM MDT; later the bank takes none\.$/,
    },
    {
      name: 'one of two payments that is disputed, and which',
      facts: {
        deposit: deposit({
          paidCents: 750_000,
          dispute: dispute('needs_response', { cents: 100_000, isOnlyPayment: false, others: 1 }),
        }),
      },
      says:
        'Of the deposits of $7,500.00, $1,000.00 of the payment of $3,750.00 of March 2, 2026 (pi_1) is disputed by ' +
        "the customer's bank (needs response); 1 more dispute is open.",
      next: /^Answer the dispute/,
    },
    {
      name: 'a disputed deposit, after the day until which the bank took an answer',
      facts: {
        deposit: deposit({
          dispute: dispute('needs_response', { respondBy: new Date('2026-03-20T03:59:00Z') }),
        }),
      },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (needs response).",
      next: /^Wait for the bank, which took answers until March 19, 2026 at 9:59 PM MDT and decides by itself\.$/,
    },
    {
      name: 'a disputed deposit of which the bank takes no answer',
      facts: { deposit: deposit({ dispute: dispute('needs_response', { takesAnswer: false }) }) },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (needs response).",
      next: /^Wait for the bank, which takes no answer and decides by itself\.$/,
    },
    {
      name: 'an inquiry of the bank before any dispute',
      facts: { deposit: deposit({ dispute: dispute('warning_needs_response') }) },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (inquiry, needs response).",
      next: /^Answer the inquiry of the bank in Stripe/,
    },
    {
      name: 'a disputed deposit that stands as no word of ours says',
      facts: { deposit: deposit({ dispute: dispute('response_disabled') }) },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (response disabled).",
      next: /^See in Stripe how the dispute stands/,
    },
    {
      name: 'a disputed deposit that the bank has the answer to',
      facts: { deposit: deposit({ dispute: dispute('under_review') }) },
      says: "The deposit of $3,750.00 is disputed by the customer's bank (under review).",
      next: /^Wait for the bank/,
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
      name: 'held back, and the organisation has moved to another time zone since',
      facts: {
        operation: operation('held_back'),
        invoicesFrom: '2026-03-02',
        timeZone: 'Pacific/Auckland',
        formerTimeZones: [
          { zone: 'America/Denver', since: '2026-01-01T00:00:00.000Z', until: '2026-03-10T00:00:00.000Z' },
        ],
      },
      says:
        'This proposal was approved on March 1, 2026, before the day from which invoices are made ' +
        'here, March 2, 2026, so its invoice is held back.',
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
      name: 'of a customer whom a person keeps out of QuickBooks',
      facts: {
        operation: operation('waiting', { reason: 'A person keeps it out.' }),
        keptOut: 12,
        undecided: 12,
      },
      says:
        'This proposal was approved on March 1, 2026, but no invoice is made, because a person keeps the customer ' +
        'out of QuickBooks.',
      next: /^To have the invoice there, decide anew by POST \/customers\/12\/match\.$/,
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

describe('A change order that waits for approval', () => {
  const invoice = explained.invoice({ state: 'paid', balanceCents: 0 });
  const why = (refusal: string | null) =>
    whyProposal(proposal({ invoice, openChange: { number: 1, deltaCents: -250_000, refusal } })).nextStep;

  it('is to be approved, where it can be', () => {
    expect(why(null)).toContain('approve it by POST /proposals/7/change-orders/1/approve');
  });

  it('is not to be approved where that would be refused: what to do first is said instead', () => {
    const refusal =
      'It would come to less than is billed of it. Void an invoice first, or bill the final one.';
    expect(why(refusal)).toBe(refusal);
  });
});
