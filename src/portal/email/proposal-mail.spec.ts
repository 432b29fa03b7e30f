import { describe, expect, it } from 'vitest';
import { nextAttempt } from '../../jobs/backoff.js';
import { EMAIL_BACKOFF } from './email-backoff.js';
import { proposalMail, type ProposalMail } from './proposal-mail.js';

const MAIL: ProposalMail = {
  company: 'Acme Roofing',
  customerName: 'Maria Ruiz',
  sellerName: 'Ada Acme',
  proposalName: 'Roof replacement',
  total: '$12,245.00',
  isApproved: false,
  url: 'https://pay.acme.test/portal/p/T',
  expiresOn: 'April 1, 2026',
  reach: null,
};

describe('The e-mail with the link', () => {
  it('says who offers what, how to see it, and how long', () => {
    const { subject, text, html } = proposalMail(MAIL);
    expect(subject).toBe('Your proposal from Acme Roofing: Roof replacement');
    expect(text).toMatch(/^Hello Maria Ruiz,\n\nHere is your proposal from Acme Roofing/);
    for (const fact of ['Maria Ruiz', 'Ada Acme', '$12,245.00', MAIL.url, 'April 1, 2026']) {
      expect(text).toContain(fact);
      expect(html).toContain(fact);
    }
  });

  it('says what changes, and by how much, where a change waits for the customer', () => {
    const changes = [{ number: 2, description: 'Two skylights', delta: '+$900.00' }];
    const { subject, text, html } = proposalMail({ ...MAIL, changes });
    expect(subject).toBe('A change for you to approve from Acme Roofing: Roof replacement');
    for (const fact of ['2. Two skylights: +$900.00', MAIL.url, 'View the change']) {
      expect(text + html).toContain(fact);
    }
    expect(text).not.toContain('pay the deposit');
  });

  it('asks nobody to approve what is approved, and says what its page is for', () => {
    const { subject, text } = proposalMail({ ...MAIL, isApproved: true });
    expect(subject).toBe('Your page at Acme Roofing: Roof replacement');
    expect(text).toContain('which you have approved');
    expect(text).toContain('pay what is due');
    expect(text).not.toMatch(/approve it|deposit/);
  });

  it('greets nobody by name where there is none, and is signed by the company', () => {
    const { text } = proposalMail({ ...MAIL, customerName: null, sellerName: null });
    expect(text).toMatch(/^Hello,\n/);
    expect(text).toContain('Questions? Please ask Acme Roofing.'); // a reply would reach nobody
    expect(text).not.toContain('reply');
    expect(text).toMatch(/\n\nAcme Roofing\n$/);
  });

  it('shows hostile names as letters, in one line of the subject', () => {
    const evil = `<b>"x"</b>\r\nBcc: all@x.test`;
    const { subject, html } = proposalMail({
      ...MAIL,
      company: evil,
      proposalName: evil,
      customerName: evil,
    });
    expect(html).not.toContain('<b>');
    expect(subject).not.toMatch(/[\r\n]/);
    expect(proposalMail({ ...MAIL, proposalName: 'x'.repeat(500) }).subject).toHaveLength(180);
  });
});

describe('A delivery that failed', () => {
  it('is tried again, each time later, and is given up within a day', () => {
    const start = new Date('2026-03-02T17:00:00Z');
    const waits: number[] = [];
    for (let at: Date | null = start, failures = 1; at !== null; failures += 1) {
      const next: Date | null = nextAttempt(EMAIL_BACKOFF, { failed: failures }, at, Math.random());
      if (next) waits.push((next.getTime() - at.getTime()) / 1000);
      at = next;
    }
    expect(waits).toEqual([10, 60, 360, 2_160, 12_960, 21_600]);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });
});
