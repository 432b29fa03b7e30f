import { addressedTo } from '../../../messages/organisation-address.js';
import { momentText } from '../../../messages/format.js';
import { withPageLinks } from '../../../messages/page-links.js';
import { escapeHtml, page } from '../../../platform/http/pages/html.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import type { ConnectionStatus } from '../../connection/connection.service.js';
import { STATUS_PAGE_PATH } from '../../connection/status-address.js';
import type { Freshness } from '../../pull/change-feed/sync-cursors.repository.js';
import { PREFLIGHT_SEVERITIES, type PreflightCheck } from '../../pull/preflight/preflight-check.js';
import type { Preflight } from '../../pull/preflight/preflights.repository.js';

export interface StatusPage {
  orgId: number;
  organisation: string;
  timeZone: string;
  status: ConnectionStatus;
  freshness: Freshness | null;
  preflight: Preflight | null;
  /** Whether the person may have the company looked at anew. */
  mayLook: boolean;
  /** A word of ours where they just did, or anything from the address. */
  done: unknown;
}

const MEANINGS: Readonly<Record<PreflightCheck['severity'], string>> = {
  block: 'Invoices fail until this is mended',
  warn: 'Documents can come out other than you expect',
  info: 'Good to know',
};

/** How the connection to QuickBooks stands, for whoever follows the link of an alert. Pure. */
export function statusPage(facts: StatusPage): string {
  const { organisation, status } = facts;
  return page(
    'QuickBooks',
    `<h1>QuickBooks</h1>
<p class="quiet">The connection of ${escapeHtml(isolatedText(organisation))}.</p>
${facts.done === 'looked' ? '<p class="notice" role="status">The company was looked at just now.</p>' : ''}
${standing(facts)}
${status.connection === null ? '' : companyFacts(facts)}
${status.connected ? settingsOfCompany(facts) : ''}
<p class="quiet"><a href="/inbox/page">What waits for a person</a> · <a href="/auth/account">Your account</a></p>`,
  );
}

function standing({ orgId, status: { connected, needsReauth, connection } }: StatusPage): string {
  if (connected) return '<p class="notice" role="status">It is connected.</p>';
  const text = needsReauth
    ? 'Intuit does not accept our access any more: connect it again. What waited is made then.'
    : connection === null
      ? 'It has never been connected: no invoice is made there, and none is read.'
      : 'It is disconnected: what is to be made there waits until it is connected again.';
  return `<p class="notice bad" role="alert">${text}</p>
<a class="button" href="${addressedTo(orgId, '/qbo/oauth/start')}">Connect QuickBooks</a>`;
}

function companyFacts({ status, freshness, timeZone }: StatusPage): string {
  const connection = status.connection!;
  const moment = (at: Date | null | undefined): string => (at ? momentText(at, timeZone) : 'not yet');
  const rows: [string, string | null][] = [
    ['Company', connection.companyName ?? 'its name is not known'],
    ['Company ID', connection.realmId],
    ['Environment', connection.env],
    ...(status.connected
      ? ([
          ['Last checked', moment(freshness?.polledAt)],
          ['Last notified', moment(freshness?.webhookAt)],
          ['Last compared', moment(freshness?.comparedAt)],
          ['Valid until', connection.refreshHardExpiresAt && moment(connection.refreshHardExpiresAt)],
        ] as [string, string | null][])
      : []),
    ['Last error', connection.lastError],
  ];
  return `<dl>${rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(isolatedText(value!))}</dd>`)
    .join('\n')}</dl>`;
}

function settingsOfCompany({ orgId, preflight, timeZone, mayLook }: StatusPage): string {
  const again = mayLook
    ? `<form method="post" action="${STATUS_PAGE_PATH}/preflight"><button class="minor">Look now</button></form>`
    : '';
  if (preflight === null) {
    return `<h2>Settings of the company</h2>
<p>They are looked at within a minute after it is connected.</p>
${again}`;
  }
  const wrong = PREFLIGHT_SEVERITIES.flatMap((severity) =>
    preflight.checks.filter((one) => !one.ok && one.severity === severity),
  );
  const fine = preflight.checks.filter(({ ok }) => ok);
  return `<h2>Settings of the company</h2>
<p class="quiet">Looked at on ${momentText(new Date(preflight.checkedAt), timeZone)}.</p>
${wrong.map((check) => checkText(check, orgId)).join('\n')}
${wrong.length === 0 ? '<p>All is as it should be.</p>' : ''}
<details><summary>${fine.length} in order</summary>
<ul>${fine.map((check) => `<li>${foundText(check)}</li>`).join('\n')}</ul></details>
${again}`;
}

function checkText(check: PreflightCheck, orgId: number): string {
  const { severity, nextStep } = check;
  return `<p><strong>${MEANINGS[severity]}</strong>. ${foundText(check)}</p>
${nextStep === null ? '' : `<p class="notice">${withPageLinks(nextStep, orgId)}</p>`}`;
}

/** What was looked at, and what QuickBooks says of it. */
function foundText({ code, found }: PreflightCheck): string {
  const topic = code.replaceAll('_', ' ');
  return escapeHtml(`${topic.charAt(0).toUpperCase()}${topic.slice(1)}: ${found}.`);
}
