import { renderSVG } from 'uqr';
import { dayText } from '../../../messages/format.js';
import { escapeHtml, page } from '../../../platform/http/pages/html.js';
import { codeField } from '../../sign-in/sign-in-code-page.js';
import { ACCOUNT_PATH, SECOND_FACTOR_PATH } from '../account-addresses.js';
import { refusalNotice } from './account-pages.js';

const BACK = `<p class="quiet"><a href="${ACCOUNT_PATH}">Back to your account</a></p>`;

/** What of a second factor is on. */
export interface FactorOn {
  confirmedAt: Date | null;
  codesLeft: number;
}

/** How the second factor stands, and what can be done about it. Pure. */
export function secondFactorPage(shown: {
  factor: FactorOn | null;
  timeZone: string;
  /** The organisation lets nobody in without one. */
  isDue?: boolean;
  done?: unknown;
  refusal?: string;
}): string {
  const { factor, timeZone, isDue = false, done, refusal } = shown;
  return page(
    'Second factor',
    `<h1>Second factor</h1>
${done === 'off' && !factor ? '<p class="notice" role="status">Your second factor is off.</p>' : ''}
${isDue ? '<p class="notice" role="status">Your organisation asks everybody for one. Set yours up to go on.</p>' : ''}
${factor ? onText(factor, timeZone, refusal) : offText(refusal)}
${BACK}`,
  );
}

function offText(refusal?: string): string {
  return `<p>With it, whoever knows your password cannot sign in without your phone. You need an authenticator app
there, any one for one-time codes (TOTP).</p>
${refusalNotice(refusal)}
<form method="post" action="${SECOND_FACTOR_PATH}/setup"><button>Set it up</button></form>`;
}

function onText({ confirmedAt, codesLeft }: FactorOn, timeZone: string, refusal?: string): string {
  const since = confirmedAt === null ? '' : ` since ${escapeHtml(dayText(confirmedAt, timeZone))}`;
  const left = codesLeft === 1 ? '1 recovery code is left' : `${codesLeft} recovery codes are left`;
  return `<p>It is on${since}. ${left}.</p>
<p class="quiet">For new recovery codes, turn it off and set it up again.</p>
<h2>Turn it off</h2>
${refusalNotice(refusal)}
<form method="post" action="${SECOND_FACTOR_PATH}/disable">
<label>Password
<input type="password" name="password" autocomplete="current-password" maxlength="512" required></label>
${codeField('Code of the app, or a recovery code')}
<button>Turn it off</button>
</form>`;
}

/** The secret for the app, shown once, and the field for its first code. Without it where the code was wrong. Pure. */
export function factorSetupPage(shown: {
  offered?: { secret: string; otpauthUri: string };
  refusal?: string;
}): string {
  return page(
    'Set up the second factor',
    `<h1>Set up the second factor</h1>
${shown.offered ? secretText(shown.offered) : ''}
${refusalNotice(shown.refusal)}
<form method="post" action="${SECOND_FACTOR_PATH}/confirm">
${codeField('The six digits that the app shows now', !shown.offered)}
<button>Turn it on</button>
</form>
<p class="quiet">It signs you out everywhere else. <a href="${SECOND_FACTOR_PATH}">Begin anew</a></p>`,
  );
}

function secretText({ secret, otpauthUri }: { secret: string; otpauthUri: string }): string {
  const groups = secret.match(/.{1,4}/g)!.join(' ');
  return `<p>Add an account to your authenticator app: scan this code with it, or on the phone itself
<a href="${escapeHtml(otpauthUri)}">open the app</a>, or type the key. They are shown this once.</p>
<div role="img" aria-label="The key as a QR code">${renderSVG(otpauthUri, { ecc: 'M', border: 4 })}</div>
<dl><dt>Key</dt><dd><code>${escapeHtml(groups)}</code></dd></dl>`;
}

/** The recovery codes, which nobody is shown again. Pure. */
export function recoveryCodesPage(codes: readonly string[]): string {
  const rows = codes.map((code) => `<li><code>${escapeHtml(code)}</code></li>`).join('\n');
  return page(
    'Your recovery codes',
    `<h1>Your recovery codes</h1>
<p class="notice" role="status">Your second factor is on, and you were signed out everywhere else.</p>
<p>Print these codes, or keep them in a password manager, but not on the phone alone: each signs you in once when the
phone is lost. They are not shown again.</p>
<ul class="rows">
${rows}
</ul>
<a class="button" href="${ACCOUNT_PATH}">I have kept them</a>`,
  );
}
