import { withPageLinks } from '../../../messages/page-links.js';
import { escapeHtml, page } from '../../../platform/http/pages/html.js';
import type { Answer } from './wording.js';

/** Why something stands as it does, for whoever follows the link of an alert or of the inbox. Pure. */
export function whyPage(
  what: 'Proposal' | 'Customer',
  id: number,
  { answer, nextStep, orgId }: Answer & { orgId: number },
): string {
  const title = `${what} ${id}`;
  return page(
    title,
    `<h1>${title}</h1>
<p>${escapeHtml(answer)}</p>
<p class="notice">${withPageLinks(nextStep, orgId)}</p>
<p class="quiet"><a href="/inbox/page">What waits for a person</a> · <a href="/qbo/status/page">QuickBooks</a></p>`,
  );
}
