import { describe, expect, it } from 'vitest';
import { linkGonePage, troublePage } from './message-page.js';
import { Markup, markup } from './markup.js';
import type { PageFacts } from './page-facts.js';
import { proposalPage, type Showing } from './proposal-page.js';

const NOW = new Date('2026-03-03T15:05:00Z');

const FACTS: PageFacts = {
  company: 'Acme Roofing',
  timeZone: 'America/Denver',
  contact: 'Ada Acme',
  customerId: 1,
  customerName: 'Maria Ruiz',
  proposal: {
    name: 'Roof replacement',
    status: 'draft',
    currency: 'USD',
    totalCents: 100_000,
    createdAt: new Date('2026-03-02T17:00:00Z'),
    lines: [{ description: 'Roof\nwith vents', quantity: 2, unitPriceCents: 50_000, amountCents: 100_000 }],
    version: 'f'.repeat(64),
  },
  deposit: { percent: 30, cents: 30_000 },
  charge: { owed: true, amountCents: 30_000 },
  approval: null,
  payment: null,
  paidCents: 0,
  checkout: null,
  payStartedAt: null,
  invoice: null,
  expiresAt: new Date('2026-04-01T17:00:00Z'),
};

const APPROVED: Partial<PageFacts> = {
  proposal: { ...FACTS.proposal, status: 'approved' },
  approval: { at: new Date('2026-03-03T15:00:00Z'), signerName: 'Maria Ruiz' },
};

const PAID: Partial<PageFacts> = {
  ...APPROVED,
  payment: {
    cents: 30_000,
    refundedCents: 0,
    lostCents: 0,
    at: new Date('2026-03-03T15:04:00Z'),
    reference: 'pi_1',
  },
  paidCents: 30_000,
};

const shown = (facts: Partial<PageFacts> = {}, showing: Partial<Showing> = {}): string =>
  proposalPage({ ...FACTS, ...facts }, { path: '/portal/p/T', now: NOW, returning: false, ...showing });

describe('The page', () => {
  it('asks for a name and sends back what it showed', () => {
    const html = shown();
    expect(html).toContain('<form method="post" action="/portal/p/T/approve">');
    expect(html).toContain(`name="version" value="${'f'.repeat(64)}"`);
    expect(html).toContain('<label for="name">');
    expect(html).not.toContain('/pay"');
  });

  it('marks what is wrong where it is', () => {
    const html = shown({}, { problem: { message: 'Please type your full name.', typedName: 'A "B"' } });
    expect(html).toContain('aria-describedby="name-error name-hint"');
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain('value="A &quot;B&quot;"');
  });

  it('asks for the deposit once approved', () => {
    const html = shown(APPROVED);
    expect(html).toMatch(/Approved on March 3, 2026 at 8:00\sAM MST by Maria Ruiz\./);
    expect(html).toContain('<form method="post" action="/portal/p/T/pay">');
    expect(html).not.toContain('/approve"');
  });

  it('asks for nothing where no deposit can be charged', () => {
    const charge = { owed: false, code: 'proposal_without_amount', reason: 'nothing' } as const;
    expect(shown({ ...APPROVED, deposit: null, charge })).not.toContain('<form');
    expect(shown({ deposit: null })).toContain('/approve"');
  });

  it('asks for itself again while a payment is confirmed, but not for ever', () => {
    const facts = { ...APPROVED, checkout: 'open' as const, payStartedAt: NOW };
    expect(shown(facts, { returning: true })).toContain('http-equiv="refresh" content="3"');
    const late = new Date(NOW.getTime() + 16 * 60_000);
    expect(shown(facts, { returning: true, now: late })).not.toContain('http-equiv="refresh"');
    expect(shown(facts)).not.toContain('http-equiv="refresh"');
    expect(shown(PAID, { returning: true })).not.toContain('http-equiv="refresh"');
  });

  it('asks for what is still open where a part was paid in another way', () => {
    const html = shown({ ...APPROVED, charge: { owed: true, amountCents: 10_000 } });
    expect(html).toContain('Pay the remaining $100.00');
    expect(html).not.toContain('Pay deposit of');
  });

  it('asks for nothing where the invoice is gone', () => {
    const charge = { owed: false, code: 'invoice_voided', reason: 'voided' } as const;
    const html = shown({ ...APPROVED, charge, invoice: { number: 'CRM-7', state: 'voided' } });
    expect(html).toContain('There is nothing to pay here at the moment.');
    expect(html).not.toContain('<form');
  });

  it('is a receipt once paid', () => {
    const html = shown({ ...PAID, invoice: { number: 'CRM-7', state: 'open' } });
    expect(html).toMatch(/Receipt[\s\S]*\$300\.00[\s\S]*pi_1[\s\S]*CRM-7[\s\S]*\$1,000\.00[\s\S]*\$700\.00/);
    expect(html).toContain('Deposit paid on March 3, 2026.');
    expect(html).not.toContain('<form');
  });

  it('tells of a refund, and lets pay again what was given back whole', () => {
    const part = { ...PAID, payment: { ...PAID.payment!, refundedCents: 10_000 }, paidCents: 20_000 };
    expect(shown(part)).toMatch(/Refunded<\/dt><dd>\$100\.00[\s\S]*\$800\.00/);
    const whole = { ...PAID, payment: { ...PAID.payment!, refundedCents: 30_000 }, paidCents: 0 };
    expect(shown(whole)).toContain('Your payment of $300.00 was refunded.');
    expect(shown(whole)).toContain('/pay"');
  });

  it('says that the bank took the payment back, and lets pay again', () => {
    const lost = { ...PAID, payment: { ...PAID.payment!, lostCents: 30_000 }, paidCents: 0 };
    const html = shown(lost);
    expect(html).toContain('Your bank took back $300.00 of your payment.');
    expect(html).toContain('/pay"');
    expect(html).not.toContain('Deposit paid on');
  });

  it('asks to get in touch where the bank took back what the invoice counts as paid', () => {
    const lost = { ...PAID, payment: { ...PAID.payment!, lostCents: 30_000 }, paidCents: 0 };
    const html = shown({ ...lost, invoice: { number: 'CRM-7', state: 'paid' } });
    expect(html).toContain('Your bank took back $300.00 of your payment.');
    expect(html).toMatch(/Remaining<\/dt><dd>\$1,000\.00/);
    expect(html).not.toContain('Thank you');
    expect(html).not.toContain('Deposit paid on');
    expect(html).not.toContain('<form');
  });

  it('does not keep silent about money that was paid for a withdrawn proposal', () => {
    const withdrawn = { ...PAID, proposal: { ...FACTS.proposal, status: 'cancelled' as const } };
    expect(shown(withdrawn)).toContain('Your payment of $300.00 has arrived.');
    expect(shown({ ...withdrawn, paidCents: 0 })).not.toContain('has arrived');
  });

  it('says whom to ask by name, and not the address that this person signs in with', () => {
    expect(shown()).toMatch(/Ask \S*Ada Acme\S* at \S*Acme Roofing/);
    expect(shown()).not.toContain('mailto:');
    expect(shown({ contact: null })).toContain('Ask Acme Roofing.');
  });
});

describe('A page that is no proposal', () => {
  it.each([403, 404, 413, 429, 500, 503])('tells %i in words, without a code', (status) => {
    expect(troublePage(status)).not.toContain(String(status));
    expect(troublePage(status)).toContain('<h1>');
  });

  it('names nobody', () => {
    expect(linkGonePage()).not.toContain('<header');
  });
});

describe('Markup', () => {
  it('escapes every value but markup, and shows nothing for nothing', () => {
    const list = [markup`<i>${'&'}</i>`, '<', 1];
    expect(markup`<a title="${`"'`}">${list}${null}${undefined}${false}${new Markup('<b>')}</a>`.html).toBe(
      '<a title="&quot;&#39;"><i>&amp;</i>&lt;1<b></a>',
    );
  });
});
