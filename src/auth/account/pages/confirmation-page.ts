import { escapeHtml, page } from '../../../platform/http/pages/html.js';
import { addressLeadingTo } from '../../sign-in/return-to.js';
import { codeField } from '../../sign-in/sign-in-code-page.js';
import { ACCOUNT_PATH, CONFIRMATION_PATH } from '../account-addresses.js';
import { refusalNotice, userNameField } from './account-pages.js';

/** The page where a person who is signed in proves again who they are. Pure. */
export function confirmationPage(shown: {
  email: string;
  /** Whether a code of the second factor is asked for. */
  hasFactor: boolean;
  /** Where the browser goes afterwards. */
  returnTo: string;
  /** Why the last attempt did not work, in a sentence. */
  refusal?: string;
}): string {
  const { email, hasFactor, returnTo, refusal } = shown;
  return page(
    'Confirm that it is you',
    `<h1>Confirm that it is you</h1>
<p class="quiet">What comes next wants a fresh proof that it is you who sits here. It holds for 15 minutes.</p>
${refusalNotice(refusal)}
<form method="post" action="${escapeHtml(addressLeadingTo(CONFIRMATION_PATH, returnTo, ACCOUNT_PATH))}">
<input type="hidden" name="return_to" value="${escapeHtml(returnTo)}">
${userNameField(email)}
<label>Password of ${escapeHtml(email)}
<input type="password" name="password" autocomplete="current-password" maxlength="512" required autofocus></label>
${hasFactor ? codeField('Code of the app, or a recovery code') : ''}
<button>Confirm</button>
</form>`,
  );
}
