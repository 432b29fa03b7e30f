import { describe, expect, it } from 'vitest';
import { reminderMail, type ReminderMail } from './reminder-mail.js';

const MAIL: ReminderMail = {
  company: 'Acme Roofing',
  customerName: 'Maria Ruiz',
  sellerName: 'Ada Acme',
  invoiceNumber: 'CRM-7-P1',
  proposalName: 'Roof replacement',
  open: '$4,000.00',
  dueOn: '2026-06-10',
  today: '2026-06-07',
  url: 'https://pay.acme.test/portal/p/T',
  expiresOn: 'July 7, 2026',
  reach: '+1 303 555 0100 · 12 Elm Street',
};

describe('The e-mail that reminds of an invoice', () => {
  it('says what is open, of which invoice, until when it is to be paid, where, and whom to ask', () => {
    const { subject, text, html } = reminderMail(MAIL);
    expect(subject).toBe('Invoice CRM-7-P1 from Acme Roofing is due on June 10, 2026');
    const facts = [
      'Hello Maria Ruiz,',
      'Invoice CRM-7-P1 from Acme Roofing for Roof replacement is due on June 10, 2026. $4,000.00 of it is open.',
      MAIL.url,
      'July 7, 2026',
      'Questions, or no more reminders? Just reply to this e-mail.',
      'Ada Acme, Acme Roofing · +1 303 555 0100 · 12 Elm Street',
    ];
    for (const fact of facts) {
      expect(text).toContain(fact);
      expect(html).toContain(fact);
    }
  });

  it.each([
    { today: '2026-06-07', due: 'is due on June 10, 2026' },
    { today: '2026-06-10', due: 'is due today' },
    { today: '2026-06-11', due: 'was due on June 10, 2026' },
  ])('says on $today that it $due', ({ today, due }) => {
    const { subject, text } = reminderMail({ ...MAIL, today });
    expect(subject).toContain(due);
    expect(text).toContain(`${due}. $4,000.00 of it is open.`);
  });

  it('says of one without a due day that it is open', () => {
    expect(reminderMail({ ...MAIL, dueOn: null }).subject).toBe('Invoice CRM-7-P1 from Acme Roofing is open');
  });

  it('has the company asked where nobody of it reads a reply', () => {
    const { text } = reminderMail({ ...MAIL, sellerName: null, customerName: null, reach: null });
    expect(text).toContain('Please ask Acme Roofing.');
    expect(text).not.toContain('reply');
    expect(text).toMatch(/^Hello,\n/);
    expect(text).toMatch(/\n\nAcme Roofing\n$/);
  });

  it('shows hostile names as letters, in one line of the subject', () => {
    const evil = `<b>"x"</b>\r\nBcc: all@x.test \u202E`;
    const { subject, html } = reminderMail({
      ...MAIL,
      company: evil,
      proposalName: evil,
      customerName: evil,
      invoiceNumber: evil,
      sellerName: evil,
      reach: evil,
    });
    expect(html).not.toContain('<b>');
    expect(subject).not.toMatch(/[\r\n\u202E]/);
    expect(reminderMail({ ...MAIL, company: 'x'.repeat(500) }).subject).toHaveLength(180);
  });
});
