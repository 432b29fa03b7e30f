import { describe, expect, it } from 'vitest';
import { customerStanding, nameOfDocument, sumStanding } from './money-document.js';

describe('A payment of ours in QuickBooks over $3,000.00', () => {
  const sent = { sentCents: 300_000, standsCents: null, isAsked: false };

  it.each([
    { what: 'no question as it was sent', of: sent, stands: 300_000, question: 'none', keep: null },
    { what: 'one once it is another sum', of: sent, stands: 250_000, question: 'ask', keep: 250_000 },
    {
      what: 'one for each sum',
      of: { ...sent, standsCents: 250_000 },
      stands: 200_000,
      question: 'ask',
      keep: 200_000,
    },
    {
      what: 'none again while it is that sum',
      of: { ...sent, standsCents: 250_000 },
      stands: 250_000,
      question: 'none',
      keep: 250_000,
    },
    {
      what: 'none any more once it is put right',
      of: { ...sent, standsCents: 250_000 },
      stands: 300_000,
      question: 'close',
      keep: null,
    },
    {
      what: 'none any more once it is gone',
      of: { ...sent, standsCents: 250_000 },
      stands: null,
      question: 'close',
      keep: null,
    },
    {
      what: 'none of its own where QuickBooks made it so',
      of: { ...sent, isAsked: true },
      stands: 310_000,
      question: 'none',
      keep: 310_000,
    },
    {
      what: 'one where somebody changed what QuickBooks made',
      of: { ...sent, standsCents: 310_000, isAsked: true },
      stands: 250_000,
      question: 'ask',
      keep: 250_000,
    },
  ])('is $what', ({ of, stands, question, keep }) => {
    expect(sumStanding(of, { totalCents: stands })).toEqual({ question, keep });
  });
});

describe('A document of ours in QuickBooks that was made for customer 58', () => {
  const sent = { sentTo: '58', standsWith: null, isTheirs: false, isMerged: false, isOnInvoice: false };

  it.each([
    { what: 'no question with them', of: sent, with: '58', question: 'none', keep: null },
    { what: 'one with another', of: sent, with: '9', question: 'ask', keep: '9' },
    { what: 'one with each', of: { ...sent, standsWith: '9' }, with: '8', question: 'ask', keep: '8' },
    { what: 'none again there', of: { ...sent, standsWith: '9' }, with: '9', question: 'none', keep: '9' },
    {
      what: 'none any more once it is back',
      of: { ...sent, standsWith: '9' },
      with: '58',
      question: 'close',
      keep: null,
    },
    {
      what: 'none any more once it is gone',
      of: { ...sent, standsWith: '9' },
      with: null,
      question: 'close',
      keep: null,
    },
    {
      what: 'none with whom the customer is linked to by now',
      of: { ...sent, isTheirs: true },
      with: '9',
      question: 'none',
      keep: null,
    },
    {
      what: 'none once theirs was merged into another',
      of: { ...sent, isMerged: true },
      with: '9',
      question: 'none',
      keep: null,
    },
    {
      what: 'none on its invoice, whoever that is made out to',
      of: { ...sent, isOnInvoice: true },
      with: '9',
      question: 'none',
      keep: null,
    },
    {
      what: 'none where a person entered it',
      of: { ...sent, sentTo: null },
      with: '9',
      question: 'none',
      keep: null,
    },
  ])('is $what', ({ of, with: customerId, question, keep }) => {
    expect(customerStanding(of, { customerId })).toEqual({ question, keep });
  });

  it('is named by its sum, a credit memo by its number', () => {
    const one = { sentCents: 300_000, currency: 'USD', number: null, proposalId: 7 };
    expect(nameOfDocument('payment.create', one)).toBe('The payment of $3,000.00 for proposal 7');
    expect(nameOfDocument('refund.create', one)).toBe('The refund of $3,000.00 for proposal 7');
    const memo = { sentCents: null, currency: null, number: 'CRM-7-C1', proposalId: 7 };
    expect(nameOfDocument('credit.create', memo)).toBe(
      'Credit memo CRM-7-C1 of a change order of proposal 7',
    );
  });
});
