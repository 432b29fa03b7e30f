import { escapeHtml, page } from '../../platform/http/pages/html.js';

/** What the second step of the sign-in shows. */
export interface CodeForm {
  /** Of the form: the one of the page. */
  address: string;
  returnTo: string;
  csrfToken: string;
  /** Why the last code was not taken, in a sentence. */
  refusal?: string;
}

/** The page where a person whose password was right sends the code of the second factor. Pure. */
export function signInCodePage({ address, returnTo, csrfToken, refusal }: CodeForm): string {
  const notice = refusal === undefined ? '' : `<p class="notice bad" role="alert">${escapeHtml(refusal)}</p>`;
  return page(
    'Second factor',
    `<h1>Second factor</h1>
<p class="quiet">Your password is right. Type the six digits that your authenticator app shows, or one of your recovery
codes.</p>
${notice}
<form method="post" action="${escapeHtml(address)}">
<input type="hidden" name="csrf_token" value="${escapeHtml(csrfToken)}">
<input type="hidden" name="return_to" value="${escapeHtml(returnTo)}">
${codeField('Code', true)}
<button>Sign in</button>
</form>
<p class="quiet"><a href="/auth/sign-in">Begin anew</a>. The phone is lost, and the recovery codes too? An admin of your
organisation can turn your second factor off.</p>`,
  );
}

/** The field for a code of the app or a recovery code. Pure. */
export function codeField(label: string, focus = false): string {
  return `<label>${escapeHtml(label)}
<input name="totp" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="64"
  required${focus ? ' autofocus' : ''}></label>`;
}
