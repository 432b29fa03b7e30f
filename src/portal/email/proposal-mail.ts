import { escapeHtml } from '../../platform/http/html.js';
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
  const html = [greeting, offer, next]
    .map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
    .concat(
      `<p><a href="${escapeHtml(url)}" style="${BUTTON}">View your proposal</a></p>`,
      `<p style="color:#586678;font-size:14px">${escapeHtml(life)} ${escapeHtml(questions)}</p>`,
      `<p>${escapeHtml(closing)}</p>`,
      `<p style="color:#586678;font-size:12px">If the button does not work, copy this address: ${escapeHtml(url)}</p>`,
    )
    .join('\n');
  return {
    subject: oneLine(`Your proposal from ${company}: ${proposalName}`),
    text: `${[greeting, offer, next, url, `${life} ${questions}`, closing].join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(company)}</title></head>
<body style="font:16px/1.5 Arial,sans-serif;color:#1a2433;max-width:34em;margin:0 auto;padding:16px">
${html}
</body></html>
`,
  };
}

const BUTTON =
  'display:inline-block;background:#1f5fbf;color:#ffffff;padding:12px ' +
  '20px;border-radius:8px;text-decoration:none;font-weight:bold';

function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return cutText(line, SUBJECT_MAX, '…');
}
