import { escapeHtml, page } from '../../platform/http/pages/html.js';

/** What the sign-in page shows. */
export interface SignInForm {
  /** Of the form: the one of the page. */
  address: string;
  returnTo: string;
  csrfToken: string;
  email?: string;
  /** Why the last attempt did not work, in a sentence. */
  refusal?: string;
}

/** The page where a person signs in with a browser. Pure. */
export function signInPage({ address, returnTo, csrfToken, email = '', refusal }: SignInForm): string {
  const notice = refusal === undefined ? '' : `<p class="notice bad" role="alert">${escapeHtml(refusal)}</p>`;
  return page(
    'Sign in',
    `<h1>Sign in</h1>
<p class="quiet">Use the e-mail and password of your PeakPro CRM account.</p>
${notice}
<form method="post" action="${escapeHtml(address)}">
<input type="hidden" name="csrf_token" value="${escapeHtml(csrfToken)}">
<input type="hidden" name="return_to" value="${escapeHtml(returnTo)}">
<label>E-mail
<input type="email" name="email" value="${escapeHtml(email)}" autocomplete="username" maxlength="254"
  required${email ? '' : ' autofocus'}></label>
<label>Password
<input type="password" name="password" autocomplete="current-password" maxlength="512"
  required${email ? ' autofocus' : ''}></label>
<button>Sign in</button>
</form>
<p class="quiet"><a href="/auth/forgotten-password">Forgotten your password?</a></p>`,
  );
}
