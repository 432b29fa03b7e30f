import { mailLayout } from '../../platform/mail/mail-layout.js';
import { cutText } from '../../platform/text/cut-text.js';
import { isolatedText } from '../../platform/text/isolated-text.js';

/** What a customer is told by e-mail. Amounts and days are text already. */
export interface ProposalMail {
  company: string;
  customerName: string | null;
  sellerName: string | null;
  proposalName: string;
  total: string;
  url: string;
  expiresOn: string;
}

const SUBJECT_MAX = 180;

/** The message that brings a customer the link, as text and as HTML that says the same. Pure. */
export function proposalMail(mail: ProposalMail): { subject: string; text: string; html: string } {
  const { total, url, expiresOn } = mail;
  const [company, proposalName] = [isolatedText(mail.company), isolatedText(mail.proposalName)];
  const greeting = mail.customerName === null ? 'Hello,' : `Hello ${isolatedText(mail.customerName)},`;
  const offer = `here is your proposal from ${company}: ${proposalName}, ${total} in total.`;
  const next = 'On its page you can read it line by line, approve it and pay the deposit.';
  const life = `The link is yours alone, so please do not pass it on. It works until ${expiresOn}.`;
  const closing = mail.sellerName === null ? company : `${isolatedText(mail.sellerName)}, ${company}`;
  const questions = 'Questions? Just reply to this e-mail.';
  return {
    subject: oneLine(`Your proposal from ${company}: ${proposalName}`),
    ...mailLayout({
      title: company,
      paragraphs: [greeting, offer, next],
      button: { text: 'View your proposal', url },
      note: `${life} ${questions}`,
      closing,
    }),
  };
}

function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return cutText(line, SUBJECT_MAX, '…');
}
