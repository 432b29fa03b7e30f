import { mailLayout } from '../../platform/mail/mail-layout.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import { subjectLine } from './mail-words.js';

/** What a customer is told by e-mail. Amounts and days are text already. */
export interface ProposalMail {
  company: string;
  customerName: string | null;
  sellerName: string | null;
  proposalName: string;
  total: string;
  /** What waits for the customer's approval on the page of an approved proposal, as `+$900.00`. */
  changes?: readonly { number: number; description: string; delta: string }[];
  url: string;
  expiresOn: string;
  /** The company's phone and address, in one line; null where it has none. */
  reach: string | null;
}

/** The message that brings a customer the link, as text and as HTML that says the same. Pure. */
export function proposalMail(mail: ProposalMail): { subject: string; text: string; html: string } {
  const { total, url, expiresOn } = mail;
  const [company, proposalName] = [isolatedText(mail.company), isolatedText(mail.proposalName)];
  const greeting = mail.customerName === null ? 'Hello,' : `Hello ${isolatedText(mail.customerName)},`;
  const changes = mail.changes ?? [];
  const [offer, next] =
    changes.length > 0 ? changed(company, proposalName, changes) : offered(company, proposalName, total);
  const life = `The link is yours alone, so please do not pass it on. It works until ${expiresOn}.`;
  const signature = mail.sellerName === null ? company : `${isolatedText(mail.sellerName)}, ${company}`;
  const closing = mail.reach === null ? signature : `${signature} · ${isolatedText(mail.reach)}`;
  const questions = 'Questions? Just reply to this e-mail.';
  return {
    subject: subjectLine(
      `${changes.length > 0 ? 'A change for you to approve' : 'Your proposal'} from ${company}: ${proposalName}`,
    ),
    ...mailLayout({
      title: company,
      paragraphs: [greeting, offer, next],
      button: { text: changes.length > 0 ? 'View the change' : 'View your proposal', url },
      note: `${life} ${questions}`,
      closing,
    }),
  };
}

function offered(company: string, proposalName: string, total: string): [string, string] {
  return [
    `here is your proposal from ${company}: ${proposalName}, ${total} in total.`,
    'On its page you can read it line by line, approve it and pay the deposit.',
  ];
}

function changed(
  company: string,
  proposalName: string,
  changes: NonNullable<ProposalMail['changes']>,
): [string, string] {
  const list = changes.map(
    ({ number, description, delta }) => `${number}. ${isolatedText(description)}: ${delta}`,
  );
  return [
    `${company} asks you to approve a change of ${proposalName}: ${list.join('; ')}.`,
    'On its page you can read it line by line, see what your contract comes to with it, and approve it.',
  ];
}
