import { calendarDayText } from '../../messages/format.js';
import { mailLayout } from '../../platform/mail/mail-layout.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { subjectLine } from '../email/mail-words.js';

/** What a customer is reminded of by e-mail. Amounts, and days but for the due day, are text already. */
export interface ReminderMail {
  company: string;
  customerName: string | null;
  /** Whom to ask; null where nobody of the company is named, and a reply reaches nobody. */
  sellerName: string | null;
  invoiceNumber: string;
  proposalName: string;
  open: string;
  dueOn: CalendarDay | null;
  /** Where the company works. */
  today: CalendarDay;
  url: string;
  expiresOn: string;
  /** The company's phone and address, in one line; null where it has none. */
  reach: string | null;
}

/** The message that reminds a customer, as text and as HTML that says the same. Pure. */
export function reminderMail(mail: ReminderMail): { subject: string; text: string; html: string } {
  const { open, url, expiresOn, sellerName } = mail;
  const company = isolatedText(mail.company);
  const number = isolatedText(mail.invoiceNumber);
  const due = dueText(mail.dueOn, mail.today);
  const greeting = mail.customerName === null ? 'Hello,' : `Hello ${isolatedText(mail.customerName)},`;
  const signature = sellerName === null ? company : `${isolatedText(sellerName)}, ${company}`;
  const life = `The link is yours alone, so please do not pass it on. It works until ${expiresOn}.`;
  const questions =
    sellerName === null
      ? `Questions, or no more reminders? Please ask ${company}.`
      : 'Questions, or no more reminders? Just reply to this e-mail.';
  return {
    subject: subjectLine(`Invoice ${number} from ${company} ${due}`),
    ...mailLayout({
      title: company,
      paragraphs: [
        greeting,
        `Invoice ${number} from ${company} for ${isolatedText(mail.proposalName)} ${due}. ${open} of it is open.`,
        'On its page you can see what it is for, and pay it. If you have paid in the meantime, thank you: ' +
          'there is nothing more to do.',
      ],
      button: { text: 'View and pay', url },
      note: `${life} ${questions}`,
      closing: mail.reach === null ? signature : `${signature} · ${isolatedText(mail.reach)}`,
    }),
  };
}

/** `is due on March 3, 2026`, `is due today`, `was due on March 3, 2026`; `is open` without a day. */
function dueText(dueOn: CalendarDay | null, today: CalendarDay): string {
  if (dueOn === null) return 'is open';
  if (dueOn === today) return 'is due today';
  return `${dueOn < today ? 'was' : 'is'} due on ${calendarDayText(dueOn)}`;
}
