import { INVITATION_PATH } from '../account/account-addresses.js';
import { repeatedPasswordFields, refusalNotice, SIGN_IN } from '../account/account-pages.js';
import { escapeHtml, noticePage, page } from '../../platform/http/html.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import { PASSWORD_LENGTH_MIN } from '../password-rules.js';

/** The page a mailed invitation leads to, where a person chooses a password. Pure. */
export function invitationPage(shown: {
  csrfToken: string;
  token: string;
  company: string;
  fullName: string;
  email: string;
  /** Why the last attempt did not work, in a sentence. */
  refusal?: string;
}): string {
  const { csrfToken, token, company, fullName, email, refusal } = shown;
  const who = `${escapeHtml(isolatedText(fullName))}, you sign in as <b>${escapeHtml(email)}</b>.`;
  return page(
    'Invitation',
    `<h1>Join ${escapeHtml(isolatedText(company))}</h1>
<p>${who}</p>
<p class="quiet">Choose a password of at least ${PASSWORD_LENGTH_MIN} characters: several words that do not belong
together are good.</p>
${refusalNotice(refusal)}
<form method="post" action="${INVITATION_PATH}">
<input type="hidden" name="csrf_token" value="${escapeHtml(csrfToken)}">
<input type="hidden" name="token" value="${escapeHtml(token)}">
${repeatedPasswordFields('Password')}
<button>Join</button>
</form>`,
  );
}

/** Tells that an invitation is of no use any more. Pure. */
export function invitationOverPage(): string {
  const text =
    'It was accepted or taken back already, is older than seven days, or a part of its address got lost. ' +
    'Ask whoever invited you for a new one.';
  return noticePage('This invitation does not work', text, SIGN_IN);
}
