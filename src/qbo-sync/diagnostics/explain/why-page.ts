import { withPageLinks } from '../../../messages/page-links.js';
import { escapeHtml, page } from '../../../platform/http/pages/html.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import type { Answer } from './answers/wording.js';

/** Why something stands as it does, for whoever follows the link of an alert or of the inbox. Pure. */
export function whyPage(
  what: 'Proposal' | 'Customer',
  id: number,
  { answer, nextStep, orgId, names }: Answer & { orgId: number; names: readonly string[] },
): string {
  const title = `${what} ${id}`;
  return page(
    title,
    `<h1>${title}</h1>
${names.length === 0 ? '' : `<p class="quiet">${names.map((one) => escapeHtml(isolatedText(one))).join(' · ')}</p>`}
<p>${escapeHtml(answer)}</p>
<p class="notice">${withPageLinks(nextStep, orgId)}</p>
<p class="quiet"><a href="/inbox/page">What waits for a person</a> · <a href="/qbo/status/page">QuickBooks</a></p>`,
  );
}
