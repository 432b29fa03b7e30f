import { ACCOUNT_PATH } from '../../auth/account/account-addresses.js';
import { addressedTo } from '../../messages/organisation-address.js';
import { escapeHtml, page } from '../../platform/http/pages/html.js';
import { STATUS_PAGE_PATH } from './status-address.js';

/** What a person sees after saying yes in QuickBooks. */
export function connectedPage(connected: {
  companyName: string | null;
  realmId: string;
  env: string;
  orgName: string;
}): string {
  const name = connected.companyName ?? `company ${connected.realmId}`;
  return page(
    'QuickBooks is connected',
    `<h1>QuickBooks is connected</h1>
<p class="notice" role="status">Connected to <strong>${escapeHtml(name)}</strong>.</p>
<dl><dt>Organisation</dt><dd>${escapeHtml(connected.orgName)}</dd>
<dt>Company ID</dt><dd>${escapeHtml(connected.realmId)}</dd>
<dt>Environment</dt><dd>${escapeHtml(connected.env)}</dd></dl>
<p class="quiet">Approved proposals with a paid deposit become invoices there by themselves, and what is paid
  shows here.</p>
<p class="quiet">Before the first invoice, read <a href="${STATUS_PAGE_PATH}">what was found in the settings of the
  company</a>: it is looked at within a minute, and then every day. You can close this page.</p>`,
  );
}

/**
 * What a person sees whose browser is not the one that began: which organisation gets the books, before it gets them.
 */
export function confirmPage({ orgName, email }: { orgName: string; email: string }): string {
  return page(
    'Connect QuickBooks?',
    `<h1>Connect QuickBooks?</h1>
<p class="notice">The organisation <strong>${escapeHtml(orgName)}</strong> gets access to the company you chose in
  QuickBooks, and reads and writes its books.</p>
<p class="quiet">You are signed in as ${escapeHtml(email)}. If you did not ask for this, close this page: nothing is
  connected.</p>
<form method="post" action="/qbo/oauth/confirm"><button>Connect to ${escapeHtml(orgName)}</button></form>`,
  );
}

/**
 * What a person sees who looks for the result while QuickBooks is still being asked; the browser asks again by
 * itself.
 */
export function connectingPage(): string {
  return page(
    'QuickBooks is being connected',
    `<h1>QuickBooks is being connected</h1>
<meta http-equiv="refresh" content="2">
<p class="notice" role="status">This takes a few seconds.</p>`,
  );
}

/**
 * What a person sees when nothing was connected: why, and what to do. `orgId`: for which organisation it was begun, of
 * which the links are, whatever the browser is in by then; null where that is not known.
 */
export function notConnectedPage(
  { code, detail }: { code: string; detail: string },
  orgId: number | null,
): string {
  const to = (path: string): string => escapeHtml(orgId === null ? path : addressedTo(orgId, path));
  const choices =
    code === 'qbo_other_organisation'
      ? `<a class="button" href="${ACCOUNT_PATH}">Go to your account</a>`
      : code === 'qbo_other_company'
        ? `<a class="button" href="${to('/qbo/oauth/start')}">Connect the same company again</a>
<p><a href="${to('/qbo/oauth/start?replace_company=true')}">Leave it for good and connect another one</a></p>`
        : `<a class="button" href="${to('/qbo/oauth/start')}">Begin again</a>`;
  return page(
    'QuickBooks is not connected',
    `<h1>QuickBooks is not connected</h1>
<p class="notice bad" role="alert">${escapeHtml(detail)}</p>
${choices}`,
  );
}
