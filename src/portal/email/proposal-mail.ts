import { mailLayout } from '../../platform/mail/mail-layout.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import { subjectLine } from './mail-words.js';

/** What a customer is told by e-mail. Amounts and days are text already. */
export interface ProposalMail {
  company: string;
  customerName: string | null;
  /** Whom to ask; null where nobody of the company is named, and a reply reaches nobody. */
  sellerName: string | null;
  proposalName: string;
  total: string;
  /** It is approved: the mail brings its customer the page again, to look at or to pay. */
  isApproved: boolean;
  /** What waits for the customer's approval on the page of an approved proposal, as `+$900.00`. */
  changes?: readonly { number: number; description: string; delta: string }[];
  url: string;
  expiresOn: string;
  /** The company's phone and address, in one line; null where it has none. */
  reach: string | null;
}

/** The message that brings a customer the link, as text and as HTML that says the same. Pure. */
export function proposalMail(mail: ProposalMail): { subject: string; text: string; html: string } {
  const { url, expiresOn } = mail;
  const company = isolatedText(mail.company);
  const greeting = mail.customerName === null ? 'Hello,' : `Hello ${isolatedText(mail.customerName)},`;
  const { subject, offer, next, button } = wordsOf(mail, company, isolatedText(mail.proposalName));
  const life = `The link is yours alone, so please do not pass it on. It works until ${expiresOn}.`;
  const signature = mail.sellerName === null ? company : `${isolatedText(mail.sellerName)}, ${company}`;
  const closing = mail.reach === null ? signature : `${signature} · ${isolatedText(mail.reach)}`;
  const questions =
    mail.sellerName === null ? `Questions? Please ask ${company}.` : 'Questions? Just reply to this e-mail.';
  return {
    subject: subjectLine(subject),
    ...mailLayout({
      title: company,
      paragraphs: [greeting, offer, next],
      button: { text: button, url },
      note: `${life} ${questions}`,
      closing,
    }),
  };
}

interface Words {
  subject: string;
  offer: string;
  next: string;
  button: string;
}

/** What the page is for: to approve a proposal or changes of it, or to see how it stands and pay. */
function wordsOf({ total, isApproved, changes = [] }: ProposalMail, company: string, name: string): Words {
  if (changes.length > 0) return changed(company, name, changes);
  return isApproved
    ? {
        subject: `Your page at ${company}: ${name}`,
        offer: `Here is the page of ${name}, which you have approved, from ${company}.`,
        next: 'On it you can see what is agreed, billed and paid, and pay what is due.',
        button: 'View the page',
      }
    : {
        subject: `Your proposal from ${company}: ${name}`,
        offer: `Here is your proposal from ${company}: ${name}, ${total} in total.`,
        next: 'On its page you can read it line by line, approve it and pay the deposit.',
        button: 'View your proposal',
      };
}

function changed(company: string, name: string, changes: NonNullable<ProposalMail['changes']>): Words {
  const list = changes.map(
    ({ number, description, delta }) => `${number}. ${isolatedText(description)}: ${delta}`,
  );
  return {
    subject: `A change for you to approve from ${company}: ${name}`,
    offer: `${company} asks you to approve a change of ${name}: ${list.join('; ')}.`,
    next: 'On its page you can read it line by line, see what your contract comes to with it, and approve it.',
    button: 'View the change',
  };
}
