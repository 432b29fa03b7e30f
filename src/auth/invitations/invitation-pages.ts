import { invitationPath } from '../account/account-addresses.js';
import {
  refusalNotice,
  repeatedPasswordFields,
  SIGN_IN,
  userNameField,
} from '../account/pages/account-pages.js';
import { escapeHtml, noticePage, page } from '../../platform/http/pages/html.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import { PASSWORD_LENGTH_MIN } from '../passwords/password-rules.js';
import { codeField } from '../sign-in/sign-in-code-page.js';

const CHOOSE_ONE =
  `Choose a password of at least ${PASSWORD_LENGTH_MIN} characters: several words that do not belong\n` +
  'together are good.';
const HAVE_AN_ACCOUNT =
  'You have an account already. Join with its password; your name, password and other organisations stay as they are.';

/** The page a mailed invitation leads to, where a person chooses a password or sends the one they have. Pure. */
export function invitationPage(shown: {
  csrfToken: string;
  token: string;
  company: string;
  fullName: string;
  email: string;
  /** What somebody has who signs in with the address already; null: it is nobody's yet. */
  account: { hasFactor: boolean } | null;
  /** Why the last attempt did not work, in a sentence. */
  refusal?: string;
}): string {
  const { csrfToken, token, company, fullName, email, account, refusal } = shown;
  const who = `${escapeHtml(isolatedText(fullName))}, you sign in as <b>${escapeHtml(email)}</b>.`;
  return page(
    'Invitation',
    `<h1>Join ${escapeHtml(isolatedText(company))}</h1>
<p>${who}</p>
<p class="quiet">${account ? HAVE_AN_ACCOUNT : CHOOSE_ONE}</p>
${refusalNotice(refusal)}
<form method="post" action="${escapeHtml(invitationPath(token))}">
<input type="hidden" name="csrf_token" value="${escapeHtml(csrfToken)}">
<input type="hidden" name="token" value="${escapeHtml(token)}">
${userNameField(email)}
${account ? presentPasswordFields(account) : repeatedPasswordFields('Password')}
<button>Join</button>
</form>`,
  );
}

function presentPasswordFields({ hasFactor }: { hasFactor: boolean }): string {
  return `<label>Your password
<input type="password" name="password" autocomplete="current-password" maxlength="512" required autofocus></label>
${hasFactor ? codeField('Code of the app, or a recovery code') : ''}`;
}

/** Tells who sent the form twice what the first has brought about. Pure. */
export function joinedPage(company: string): string {
  return noticePage(`You have joined ${isolatedText(company)}`, 'By this invitation, a moment ago.', SIGN_IN);
}

/** Tells that an invitation is of no use any more. Pure. */
export function invitationOverPage(): string {
  const text =
    'It was accepted or taken back already, is older than seven days, or a part of its address got lost. ' +
    'Ask whoever invited you for a new one.';
  return noticePage('This invitation does not work', text, SIGN_IN);
}
