import { dayText, momentText } from '../../messages/format.js';
import { escapeHtml, page } from '../../platform/http/html.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import type { StoredSession } from '../session.entity.js';
import { ACCOUNT_PATH, SECOND_FACTOR_PATH } from './account-addresses.js';
import { refusalNotice, repeatedPasswordFields } from './account-pages.js';
import { deviceText } from './device-text.js';

/** What was done just now, by the word in the page's address. */
const DONE: Record<string, string> = {
  password: 'Your password is changed, and you were signed out everywhere else.',
  session: 'That sign-in is over.',
};

export interface OwnAccount {
  fullName: string;
  email: string;
  company: string;
  roles: readonly string[];
  /** Newest first. */
  sessions: readonly StoredSession[];
  currentId: string | null;
  /** What of a second factor is on; null for none. */
  factor: { codesLeft: number } | null;
  /** A word of the page's address, which may be anything. */
  done?: unknown;
  /** Why the password was not changed, in a sentence. */
  refusal?: string;
}

/** Where a person looks after the own account: password and sign-ins. Pure. */
export function ownAccountPage(account: OwnAccount): string {
  const { fullName, email, company, roles, sessions, currentId, factor, done, refusal } = account;
  const said = typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return page(
    'Your account',
    `<h1>Your account</h1>
${said === undefined ? '' : `<p class="notice" role="status">${escapeHtml(said)}</p>`}
<dl><dt>Name</dt><dd>${escapeHtml(isolatedText(fullName))}</dd>
<dt>E-mail</dt><dd>${escapeHtml(email)}</dd>
<dt>Organisation</dt><dd>${escapeHtml(isolatedText(company))}</dd>
<dt>Roles</dt><dd>${escapeHtml(roles.join(', '))}</dd>
<dt>Second factor</dt><dd>${factorLink(factor)}</dd></dl>
<form method="post" action="${ACCOUNT_PATH}/sign-out"><button class="minor">Sign out</button></form>
<h2>Change the password</h2>
<p class="quiet">It signs you out everywhere else.</p>
${refusalNotice(refusal)}
<form method="post" action="${ACCOUNT_PATH}/password">
<label>Current password
<input type="password" name="current_password" autocomplete="current-password" maxlength="512"
  required${refusal === undefined ? '' : ' autofocus'}></label>
${repeatedPasswordFields('New password', false)}
<button>Change the password</button>
</form>
<h2>Where you are signed in</h2>
<ul class="rows">
${sessions.map((session) => sessionRow(session, session.id === currentId)).join('\n')}
</ul>
<form method="post" action="${ACCOUNT_PATH}/sign-out-everywhere"><button>Sign out everywhere</button></form>`,
  );
}

function factorLink(factor: OwnAccount['factor']): string {
  const codes = factor?.codesLeft === 1 ? 'recovery code' : 'recovery codes';
  const standing = factor ? `On, ${factor.codesLeft} ${codes} left` : 'Off';
  const deed = factor ? 'Turn it off' : 'Set it up';
  return `${standing}. <a href="${SECOND_FACTOR_PATH}">${deed}</a>`;
}

function sessionRow(
  { id, kind, userAgent, ip, begunAt, lastUsedAt }: StoredSession,
  isCurrent: boolean,
): string {
  const device = deviceText(kind, userAgent);
  const from = `${ip ?? 'Address unknown'}, ${kind === 'program' ? 'a program, ' : ''}`;
  const since = `${from}since ${dayText(begunAt, 'UTC')}`;
  const end = isCurrent
    ? '<b>This browser</b>'
    : `<form method="post" action="${ACCOUNT_PATH}/sessions/end">
<input type="hidden" name="session_id" value="${escapeHtml(id)}">
<button class="minor" aria-label="End the sign-in ${escapeHtml(device)}">End</button></form>`;
  return `<li><div>${escapeHtml(device)}
<p class="quiet">${escapeHtml(since)}. Last used ${escapeHtml(momentText(lastUsedAt, 'UTC'))}.</p></div>
${end}</li>`;
}
