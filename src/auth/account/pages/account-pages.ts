import { escapeHtml, noticePage, page } from '../../../platform/http/pages/html.js';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../../passwords/password-rules.js';
import { FORGOTTEN_PATH, newPasswordPath } from '../account-addresses.js';

export const SIGN_IN = { text: 'Sign in', href: '/auth/sign-in' };

/** What both forms show. */
interface ShownForm {
  csrfToken: string;
  /** Why the last attempt did not work, in a sentence. */
  refusal?: string;
}

/** The page where a person asks for a link to a new password. Pure. */
export function forgottenPage({
  csrfToken,
  refusal,
  mails,
  email = '',
}: ShownForm & { mails: boolean; email?: string }): string {
  if (!mails) {
    const text = 'This installation sends no e-mail. Ask an admin of your organisation for a new password.';
    return noticePage('Forgotten password', text, SIGN_IN);
  }
  return page(
    'Forgotten password',
    `<h1>Forgotten password</h1>
<p class="quiet">We mail you a link with which you choose a new one.</p>
${refusalNotice(refusal)}
<form method="post" action="${FORGOTTEN_PATH}">
<input type="hidden" name="csrf_token" value="${escapeHtml(csrfToken)}">
<label>E-mail
<input type="email" name="email" value="${escapeHtml(email)}" autocomplete="username" maxlength="254"
  required autofocus></label>
<button>Mail me a link</button>
</form>
<p class="quiet"><a href="${SIGN_IN.href}">Back to sign-in</a></p>`,
  );
}

/** Says the same whether the address is anybody's or not. Pure. */
export function linkMailedPage(): string {
  const text =
    'If somebody signs in with this address, a link is on its way there. It works once, for an hour. Look into the ' +
    'spam folder too.';
  return noticePage('Look into your mailbox', text, SIGN_IN);
}

/** The page a mailed link leads to, where a person, who signs in with this address, chooses a new password. Pure. */
export function newPasswordPage({
  csrfToken,
  refusal,
  token,
  email,
}: ShownForm & { token: string; email: string }): string {
  return page(
    'New password',
    `<h1>Choose a new password</h1>
<p class="quiet">At least ${PASSWORD_LENGTH_MIN} characters: several words that do not belong together are good. It
signs you out everywhere.</p>
${refusalNotice(refusal)}
<form method="post" action="${escapeHtml(newPasswordPath(token))}">
<input type="hidden" name="csrf_token" value="${escapeHtml(csrfToken)}">
<input type="hidden" name="token" value="${escapeHtml(token)}">
${userNameField(email)}
${repeatedPasswordFields('New password')}
<button>Set the password</button>
</form>
<p class="quiet"><a href="${SIGN_IN.href}">Back to sign-in</a></p>`,
  );
}

/** Tells that a link is of no use any more. Pure. */
export function linkOverPage(): string {
  const text = 'It was used already, is older than an hour, or a part of its address got lost.';
  return noticePage('This link does not work', text, { text: 'Ask for a new one', href: FORGOTTEN_PATH });
}

/** Tells that the new password is set. Pure. */
export function passwordSetPage(): string {
  return noticePage('Your new password is set', 'You were signed out everywhere.', SIGN_IN);
}

/** Tells that by this link one is set since a moment, to who sent the form of it twice or has it open twice. Pure. */
export function passwordSetBeforePage(): string {
  const text = 'It is the one that was sent first. You were signed out everywhere.';
  return noticePage('Your new password is set', text, SIGN_IN);
}

/**
 * Whose password a form is about, for the password manager of a browser alone: else it keeps the new one beside another
 * name, or under none. Pure.
 */
export function userNameField(email: string): string {
  return `<input type="text" name="username" value="${escapeHtml(email)}" autocomplete="username" hidden>`;
}

/** The two fields in which a person types a password of the own choice. Pure. */
export function repeatedPasswordFields(label: string, focus = true): string {
  return `<label>${escapeHtml(label)}
<input type="password" name="new_password" autocomplete="new-password" minlength="${PASSWORD_LENGTH_MIN}"
  maxlength="${PASSWORD_LENGTH_MAX}" required${focus ? ' autofocus' : ''}></label>
<label>The same once more
<input type="password" name="repeated" autocomplete="new-password"
  maxlength="${PASSWORD_LENGTH_MAX}" required></label>`;
}

/** Why the last attempt did not work, above a form. Pure. */
export function refusalNotice(refusal: string | undefined): string {
  return refusal === undefined ? '' : `<p class="notice bad" role="alert">${escapeHtml(refusal)}</p>`;
}
