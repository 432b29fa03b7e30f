import { escapeHtml, noticePage, page } from '../../../platform/http/pages/html.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import type { OwnOrg } from '../../people/memberships.repository.js';
import { ACCOUNT_PATH, SWITCH_PATH } from '../account-addresses.js';

const TITLE = 'Another organisation';

/** Says that a link is about another organisation than the one the browser is in, and leads on in that one. Pure. */
export function switchPage(shown: {
  /** The one the browser is in. */
  company: string;
  /** The one it is about; null where it does not let the person in, or there is none. */
  other: Pick<OwnOrg, 'id' | 'name'> | null;
  /** Where the link leads. */
  returnTo: string;
}): string {
  const { other, returnTo } = shown;
  const company = isolatedText(shown.company);
  if (other === null) {
    const text =
      'This link is about an organisation that you are not in, or that does not let you in any more. ' +
      `This browser works in ${company}.`;
    return noticePage(TITLE, text, { text: 'Go to your account', href: ACCOUNT_PATH });
  }
  const name = escapeHtml(isolatedText(other.name));
  return page(
    TITLE,
    `<h1>${TITLE}</h1>
<p class="notice">What you opened or pressed is about <b>${name}</b>, and this browser works in ${escapeHtml(company)}:
  nothing was done.</p>
<form method="post" action="${SWITCH_PATH}">
<input type="hidden" name="org_id" value="${other.id}">
<input type="hidden" name="return_to" value="${escapeHtml(returnTo)}">
<button>Switch to ${name}</button>
</form>
<p class="quiet">It switches all pages of this browser.
<a href="${ACCOUNT_PATH}">Stay in ${escapeHtml(company)}</a></p>`,
  );
}
