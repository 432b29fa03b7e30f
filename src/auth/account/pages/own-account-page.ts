import { dayText, momentText } from '../../../messages/format.js';
import { escapeHtml, page } from '../../../platform/http/pages/html.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import type { OwnOrg } from '../../people/memberships.repository.js';
import type { StoredSession } from '../../sessions/session.entity.js';
import { ACCOUNT_PATH, SECOND_FACTOR_PATH } from '../account-addresses.js';
import { refusalNotice, repeatedPasswordFields, userNameField } from './account-pages.js';
import { A_PROGRAM, deviceText } from './device-text.js';

/** What was done just now, by the word in the page's address. */
const DONE: Record<string, string> = {
  name: 'Your name is changed.',
  password: 'Your password is changed, and you were signed out everywhere else.',
  session: 'That sign-in is over.',
  switch: 'You go on in this organisation.',
};

export interface OwnAccount {
  fullName: string;
  email: string;
  /** The organisation the browser is in now. */
  orgId: number;
  company: string;
  /** Of that organisation. */
  timeZone: string;
  roles: readonly string[];
  /** Those that let the person in, by name. */
  orgs: readonly OwnOrg[];
  /** Newest first. */
  sessions: readonly StoredSession[];
  currentId: string | null;
  /** What of a second factor is on; null for none. */
  factor: { codesLeft: number } | null;
  /** A word of the page's address, which may be anything. */
  done?: unknown;
  /** Why what was asked for was not done, in a sentence. */
  refusal?: string;
  /** What was asked for; the password where it is left out. */
  of?: 'switch' | 'name';
}

/** Where a person looks after the own account: organisations, password and sign-ins. Pure. */
export function ownAccountPage(account: OwnAccount): string {
  const { email, company, roles, sessions, currentId, factor, done } = account;
  const refusal = account.of === undefined ? account.refusal : undefined;
  const said = typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return page(
    'Your account',
    `<h1>Your account</h1>
${said === undefined ? '' : `<p class="notice" role="status">${escapeHtml(said)}</p>`}
<dl><dt>Name</dt><dd>${nameForm(account)}</dd>
<dt>E-mail</dt><dd>${escapeHtml(email)}</dd>
<dt>Organisation</dt><dd>${escapeHtml(isolatedText(company))}</dd>
<dt>Roles</dt><dd>${escapeHtml(roles.join(', '))}</dd>
<dt>Second factor</dt><dd>${factorLink(factor)}</dd></dl>
<p><a href="/inbox/page">What waits for a person</a> · <a href="/qbo/status/page">QuickBooks</a></p>
<form method="post" action="${ACCOUNT_PATH}/sign-out"><button class="minor">Sign out</button></form>
${ownOrgs(account)}
<h2>Change the password</h2>
<p class="quiet">It signs you out everywhere else.</p>
${refusalNotice(refusal)}
<form method="post" action="${ACCOUNT_PATH}/password">
${userNameField(email)}
<label>Current password
<input type="password" name="current_password" autocomplete="current-password" maxlength="512"
  required${refusal === undefined ? '' : ' autofocus'}></label>
${repeatedPasswordFields('New password', false)}
<button>Change the password</button>
</form>
<h2>Where you are signed in</h2>
<ul class="rows">
${sessions.map((session) => sessionRow(session, session.id === currentId, account)).join('\n')}
</ul>
<form method="post" action="${ACCOUNT_PATH}/sign-out-everywhere"><button>Sign out everywhere</button></form>`,
  );
}

function nameForm({ fullName, of, refusal }: OwnAccount): string {
  return `${of === 'name' ? refusalNotice(refusal) : ''}
<form method="post" action="${ACCOUNT_PATH}/name">
<input type="text" name="full_name" aria-label="Your name" autocomplete="name" maxlength="200" required
  value="${escapeHtml(fullName)}">
<button class="minor">Change the name</button></form>`;
}

/** Where a person can go on; nothing for who is in one organisation. */
function ownOrgs({ orgs, orgId, of, refusal }: OwnAccount): string {
  if (orgs.length < 2 && of !== 'switch') return '';
  return `<h2>Your organisations</h2>
<p class="quiet">This browser works in one of them at a time.</p>
${of === 'switch' ? refusalNotice(refusal) : ''}
<ul class="rows">
${orgs.map((org) => orgRow(org, org.id === orgId)).join('\n')}
</ul>`;
}

function orgRow({ id, name, roles }: OwnOrg, isCurrent: boolean): string {
  const shown = escapeHtml(isolatedText(name));
  const way = isCurrent
    ? '<b>You are here</b>'
    : `<form method="post" action="${ACCOUNT_PATH}/switch">
<input type="hidden" name="org_id" value="${id}">
<button class="minor" aria-label="Switch to ${shown}">Switch</button></form>`;
  return `<li><div>${shown}
<p class="quiet">${escapeHtml(roles.join(', '))}</p></div>
${way}</li>`;
}

function factorLink(factor: OwnAccount['factor']): string {
  const codes = factor?.codesLeft === 1 ? 'recovery code' : 'recovery codes';
  const standing = factor ? `On, ${factor.codesLeft} ${codes} left` : 'Off';
  const deed = factor ? 'Turn it off' : 'Set it up';
  return `${standing}. <a href="${SECOND_FACTOR_PATH}">${deed}</a>`;
}

function sessionRow(
  { id, orgId, kind, userAgent, ip, begunAt, lastUsedAt }: StoredSession,
  isCurrent: boolean,
  { orgs, timeZone }: Pick<OwnAccount, 'orgs' | 'timeZone'>,
): string {
  const place = orgs.length > 1 ? orgs.find((org) => org.id === orgId) : undefined;
  const there = place ? `In ${isolatedText(place.name)}. ` : '';
  const device = deviceText(kind, userAgent);
  const from = `${ip ?? 'Address unknown'}, ${kind === 'program' && device !== A_PROGRAM ? 'a program, ' : ''}`;
  const since = `${from}since ${dayText(begunAt, timeZone)}`;
  const end = isCurrent
    ? '<b>This browser</b>'
    : `<form method="post" action="${ACCOUNT_PATH}/sessions/end">
<input type="hidden" name="session_id" value="${escapeHtml(id)}">
<button class="minor" aria-label="End the sign-in ${escapeHtml(device)}">End</button></form>`;
  return `<li><div>${escapeHtml(device)}
<p class="quiet">${escapeHtml(`${since}. ${there}`)}Last used ${escapeHtml(momentText(lastUsedAt, timeZone))}.</p></div>
${end}</li>`;
}
