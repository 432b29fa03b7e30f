import { escapeHtml } from '../http/pages/html.js';

/** What a mail of ours says, top to bottom. Plain text; it is escaped. */
export interface MailParts {
  title: string;
  paragraphs: readonly string[];
  button?: { text: string; url: string };
  /** In small letters below the button. */
  note: string;
  closing: string;
}

const BUTTON =
  'display:inline-block;background:#1f5fbf;color:#ffffff;padding:12px ' +
  '20px;border-radius:8px;text-decoration:none;font-weight:bold';
const QUIET = 'color:#586678';
/** A long word or address breaks anywhere rather than being wider than a phone. */
const WRAPS = 'overflow-wrap:anywhere;word-break:break-word';
const IF_NOT = 'If the button does not work, copy this address:';

/** A mail as text and as HTML that says the same. Pure. */
export function mailLayout({ title, paragraphs, button, note, closing }: MailParts): {
  text: string;
  html: string;
} {
  const plain = [...paragraphs, ...(button ? [button.url] : []), note, closing];
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    button && `<p><a href="${escapeHtml(button.url)}" style="${BUTTON}">${escapeHtml(button.text)}</a></p>`,
    `<p style="${QUIET};font-size:14px">${escapeHtml(note)}</p>`,
    `<p>${escapeHtml(closing)}</p>`,
    button && `<p style="${QUIET};font-size:12px">${IF_NOT} ${escapeHtml(button.url)}</p>`,
  ]
    .filter((part) => part !== undefined)
    .join('\n');
  return {
    text: `${plain.join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body style="font:16px/1.5 Arial,sans-serif;color:#1a2433;max-width:34em;margin:0 auto;padding:16px;${WRAPS}">
${html}
</body></html>
`,
  };
}
