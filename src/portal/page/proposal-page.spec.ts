import { describe, expect, it } from 'vitest';
import { linkGonePage, troublePage } from './frame/message-page.js';
import { Markup, markup } from './frame/markup.js';
import { DEPOSIT } from '../../invoices/invoice-key.js';
import type { AccountRow, PageAccount } from './facts/page-account.js';
import type { PageFacts, ShownPayment } from './facts/page-facts.js';
import { proposalPage, type Showing } from './proposal-page.js';

const NOW = new Date('2026-03-03T15:05:00Z');

const ROW: AccountRow = {
  key: DEPOSIT,
  state: 'planned',
  amountCents: 30_000,
  openCents: 0,
  invoiceNumber: null,
  dueOn: null,
  milestone: null,
  plannedOn: null,
};

function accountOf(facts: Partial<PageAccount> = {}): PageAccount {
  return {
    valueCents: 100_000,
    taxCents: 0,
    remainingCents: 100_000,
    isTaxToCome: false,
    overpaidCents: 0,
    refundedCents: 0,
    writtenOffCents: 0,
    creditCents: 0,
    takenBackCents: 0,
    hasSettled: false,
    settledNumber: null,
    rows: [ROW],
    ...facts,
  };
}

const FACTS: PageFacts = {
  company: 'Acme Roofing',
  papers: { logo: null, address: null, phone: null, terms: null },
  site: null,
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
  terms: { termsDays: 14, retainagePercent: 0, taxMode: 'none', taxPercent: 0, companyTerms: null },
  charge: { owed: true, amountCents: 30_000 },
  due: { key: DEPOSIT, invoiceNumber: null, dueOn: null },
  approval: null,
  account: null,
  changes: [],
  payments: [],
  paidCents: 0,
  hasMoneyOnAccount: false,
  hasOpenCheckout: false,
  payStartedAt: null,
  expiresAt: new Date('2026-04-01T17:00:00Z'),
};

const APPROVED: Partial<PageFacts> = {
  proposal: { ...FACTS.proposal, status: 'approved' },
  approval: { at: new Date('2026-03-03T15:00:00Z'), signerName: 'Maria Ruiz' },
  account: accountOf(),
};
const NOTHING_OWED = { owed: false, code: 'proposal_paid', reason: 'paid' } as const;
const PAYMENT: ShownPayment = {
  key: DEPOSIT,
  cents: 30_000,
  refundedCents: 0,
  lostCents: 0,
  at: new Date('2026-03-03T15:04:00Z'),
  reference: 'pi_1',
};

const PAID: Partial<PageFacts> = {
  ...APPROVED,
  charge: NOTHING_OWED,
  account: accountOf({ remainingCents: 70_000 }),
  payments: [PAYMENT],
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
    const facts = { ...APPROVED, hasOpenCheckout: true, payStartedAt: NOW };
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
    const html = shown({ ...APPROVED, charge });
    expect(html).toContain('There is nothing to pay here at the moment.');
    expect(html).not.toContain('<form');
  });

  it.each(['amount_above_maximum', 'amount_below_minimum'] as const)(
    'says that another way to pay is told where Stripe refuses the sum (%s)',
    (code) => {
      const html = shown({ ...APPROVED, charge: { owed: false, code, reason: 'not by Stripe' } });
      expect(html).toContain('This amount cannot be paid online.');
      expect(html).toContain('will tell you how to pay it');
      expect(html).not.toContain('There is nothing to pay');
      expect(html).not.toContain('<form');
    },
  );

  it('is a receipt once paid', () => {
    const account = accountOf({
      remainingCents: 70_000,
      rows: [{ ...ROW, state: 'paid', invoiceNumber: 'CRM-7' }],
    });
    const html = shown({ ...PAID, account });
    expect(html).toMatch(/Receipt[\s\S]*\$300\.00[\s\S]*pi_1[\s\S]*CRM-7[\s\S]*\$1,000\.00[\s\S]*\$700\.00/);
    expect(html).toContain('Deposit paid on March 3, 2026.');
    expect(html).not.toContain('<form');
  });

  it('asks for the invoice that is due, by its number, with what remains after it', () => {
    const html = shown({
      ...PAID,
      charge: { owed: true, amountCents: 40_000 },
      due: {
        key: { kind: 'progress', sequence: 1, change: null },
        invoiceNumber: 'CRM-7-P1',
        dueOn: '2026-03-17',
      },
    });
    expect(html).toContain('Pay $400.00');
    expect(html).toMatch(/Amount due<[\s\S]*CRM-7-P1[\s\S]*March 17, 2026[\s\S]*\$1,000\.00[\s\S]*\$300\.00/);
    // Its due date is two weeks away.
    expect(html).not.toContain('Due now');
    expect(html).toContain('/pay"');
  });

  it('shows by what the contract is paid, what was paid, and what remains', () => {
    const rows: AccountRow[] = [
      { ...ROW, state: 'paid', invoiceNumber: 'CRM-7' },
      {
        ...ROW,
        key: { kind: 'progress', sequence: 1, change: null },
        state: 'overdue',
        amountCents: 40_000,
        openCents: 10_000,
        invoiceNumber: 'CRM-7-P1',
        dueOn: '2026-03-01',
      },
      { ...ROW, key: { kind: 'final', sequence: 1, change: null }, milestone: 'Inspection <passed>' },
    ];
    const html = shown({ ...PAID, account: accountOf({ rows, taxCents: 5_000, remainingCents: 45_000 }) });
    expect(html).toMatch(/Invoice \S*CRM-7\S* · paid/);
    expect(html).toMatch(/\$100\.00 open, overdue since March 1, 2026/);
    expect(html).toMatch(/When this is reached: \S*Inspection &lt;passed&gt;/);
    expect(html).toMatch(
      /Tax<\/th><td>\$50\.00[\s\S]*Paid<\/th><td>\$600\.00[\s\S]*Remaining<\/th><td>\$450\.00/,
    );
    expect(html).toMatch(/Received online[\s\S]*Deposit,\s+March 3, 2026[\s\S]*pi_1/);
  });

  it('tells what was refunded apart from what was paid, so that both and the rest make up the contract', () => {
    const refunded = { ...PAID, paidCents: 0, payments: [{ ...PAYMENT, refundedCents: 30_000 }] };
    const html = shown({
      ...refunded,
      account: accountOf({ remainingCents: 70_000, refundedCents: 30_000 }),
    });
    const sums = /<tfoot>.*<\/tfoot>/
      .exec(html)![0]
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    expect(sums.trim()).toBe(
      'Contract $1,000.00 Paid, less refunds $0.00 Refunded $300.00 Remaining $700.00',
    );
    expect(shown(PAID)).toMatch(/Paid<\/th><td>\$300\.00<\/td><\/tr><tr><th scope="row">Remaining/);
  });

  it('says that all is paid, and that more was paid than was due', () => {
    const done = { ...PAID, account: accountOf({ remainingCents: 0, overpaidCents: 5_000 }) };
    expect(shown(done)).toContain('Thank you. Everything is paid.');
    expect(shown(done)).toMatch(/You have paid \$50\.00 more than/);
    expect(shown(done)).not.toContain('<form');
  });

  it('tells of a refund, and lets pay again what was given back whole', () => {
    const part = { ...PAID, payments: [{ ...PAYMENT, refundedCents: 10_000 }], paidCents: 20_000 };
    expect(shown(part)).toMatch(/Refunded<\/dt><dd>\$100\.00/);
    const whole = {
      ...APPROVED,
      payments: [{ ...PAYMENT, refundedCents: 30_000 }],
    };
    expect(shown(whole)).toContain('Your payment of $300.00 was refunded.');
    const some = { ...APPROVED, payments: [{ ...PAYMENT, refundedCents: 10_000 }] };
    expect(shown(some)).toContain('$100.00 of your payment was refunded.');
    expect(shown(whole)).toContain('/pay"');
  });

  it('says that the bank took the payment back, and lets pay again', () => {
    const html = shown({ ...APPROVED, payments: [{ ...PAYMENT, lostCents: 30_000 }] });
    expect(html).toContain('Your bank took back $300.00 of your payment.');
    expect(html).toContain('/pay"');
    expect(html).not.toContain('Thank you');
  });

  it('says that an invoice in another currency is put right, and what the bank took back', () => {
    const html = shown({
      ...PAID,
      charge: { owed: false, code: 'invoice_in_other_currency', reason: 'It is in EUR.' },
      payments: [{ ...PAYMENT, lostCents: 30_000 }],
    });
    expect(html).toContain('Your invoice is being put right');
    expect(html).toContain('Your bank took back $300.00 of your payment.');
    expect(html).not.toContain('Thank you');
    expect(html).not.toContain('<form');
  });

  it('asks to get in touch where the bank took back what the invoice counts as paid', () => {
    const html = shown({
      ...PAID,
      payments: [{ ...PAYMENT, lostCents: 30_000 }],
      paidCents: 0,
      account: accountOf({ takenBackCents: 30_000, hasSettled: true }),
    });
    expect(html).toContain('Your bank took back $300.00 of your payment.');
    expect(html).toMatch(/Remaining<\/dt><dd>\$1,000\.00/);
    expect(html).not.toContain('Thank you');
    expect(html).not.toContain('Deposit paid on');
    expect(html).not.toContain('<form');
  });

  it('has no form for a change that would be refused, whoever signs it', () => {
    const change = {
      number: 1,
      description: 'No skylight',
      deltaCents: -80_000,
      lines: [],
      approved: null,
      offer: { valueCents: 20_000, version: 'v1' },
      isRefused: false,
      creditCents: 0,
    };
    expect(shown({ ...PAID, changes: [change] })).toContain('/change-orders/1/approve"');
    const html = shown({ ...PAID, changes: [{ ...change, isRefused: true }] });
    expect(html).toContain('This change cannot be approved at the moment.');
    expect(html).not.toContain('/change-orders/1/approve"');
  });

  it('counts nothing as paid that is not asked for any more', () => {
    const rows = [{ ...ROW, state: 'credited' as const }];
    const account = accountOf({ remainingCents: 0, writtenOffCents: 70_000, hasSettled: true, rows });
    const html = shown({ ...PAID, account });
    expect(html).toContain('<th scope="row">Paid</th><td>$300.00</td>');
    expect(html).toContain('<th scope="row">No longer asked for</th><td>$700.00</td>');
    expect(html).toContain('Nothing is left to pay.');
    expect(html).not.toMatch(/All invoices are paid|Everything is paid|Paid in full/);
    expect(shown({ ...PAID, account: accountOf({ remainingCents: 0 }) })).toContain('All invoices are paid.');
  });

  it('says that a credit beyond what is open is settled', () => {
    const done = { ...PAID, account: accountOf({ remainingCents: 0, creditCents: 6_000 }) };
    expect(shown(done).replaceAll(/\s+/g, ' ')).toContain('You have a credit of $60.00.');
    expect(shown(PAID)).not.toContain('a credit of');
  });

  it('does not keep silent about money that was paid for a withdrawn proposal', () => {
    const withdrawn = { ...PAID, proposal: { ...FACTS.proposal, status: 'cancelled' as const } };
    expect(shown(withdrawn)).toContain('Your payment of $300.00 has arrived.');
    expect(shown({ ...withdrawn, paidCents: 0 })).not.toContain('has arrived');
  });

  it('has the papers of the company: logo, address, phone and terms, and where the work is done', () => {
    const logo = 'data:image/png;base64,iVBORw0KGgo=';
    const papers = { logo, address: '1 Main St\nDenver', phone: '+1 303 555 0100', terms: 'Ten years <b>' };
    const terms = { ...FACTS.terms, companyTerms: papers.terms };
    const html = shown({ papers, terms, site: '412 Aspen Way, Denver' });
    expect(html).toContain(`<img class="logo" src="${logo}" alt="">`);
    expect(html).toMatch(/\+1 303 555 0100\S* · \S*1 Main St, Denver/);
    expect(html).toContain('Ten years &lt;b&gt;');
    expect(html).toContain('412 Aspen Way, Denver');
    expect(shown()).not.toContain('class="terms');
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

  it.each([500, 502, 503])('says nothing of what was done or paid that it does not know: %i', (status) => {
    const html = troublePage(status);
    expect(html).not.toMatch(/nothing was|not paid/i);
    expect(html).toContain('please do not pay again before you have looked there');
  });

  it('goes on by itself where it was asked for too often, as by tabs that wait for a payment', () => {
    expect(troublePage(429)).toContain('<meta http-equiv="refresh" content="60">');
    for (const status of [403, 404, 500]) expect(troublePage(status)).not.toContain('http-equiv="refresh"');
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
