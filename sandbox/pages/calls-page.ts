import type { JournalEntry } from '../http/journal.ts';
import { type Html, html } from './html.ts';
import { table } from './table.ts';

const rowsMax = 200;

function statusTag(status: number | null): Html {
  if (status === null) return html`<span class="tag bad">no answer</span>`;
  return html`<span class="tag ${status < 400 ? 'good' : 'bad'}">${status}</span>`;
}

/** The latest requests to the API, newest first. */
export function callsPage(entries: readonly JournalEntry[]): Html {
  return html`<h1>API calls</h1>
    <p class="quiet">
      The last ${rowsMax}, newest first. <code>GET /sandbox/requests</code> has the bodies too.
    </p>
    ${table(
      ['At', 'Request', 'Answer', 'Sent wrong', 'intuit_tid'],
      entries
        .slice(-rowsMax)
        .toReversed()
        .map((entry) => [
          entry.at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
          html`<div>${entry.operation}<br /><code>${entry.method} ${entry.url}</code></div>`,
          statusTag(entry.status),
          entry.wrong.join('; '),
          html`<code>${entry.intuit_tid}</code>`,
        ]),
      'No app has called yet.',
    )}`;
}
