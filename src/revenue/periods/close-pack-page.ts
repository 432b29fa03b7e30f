import { createHash } from 'node:crypto';
import { momentText, monthText, moneyText } from '../../messages/format.js';
import { INBOX_CODES, inboxMessageOf } from '../../messages/inbox-messages.js';
import { escapeHtml } from '../../platform/http/pages/html.js';
import type { PackView } from './period.dto.js';

/** What an accountant calls what is billed and paid. */
const ITEMS: Readonly<Record<string, string>> = {
  work: 'Contract work',
  deposit: 'Deposit',
  retainage: 'Retainage',
  tax: 'Tax',
  unapplied: 'Not applied',
};

const AGES = [
  ['current_cents', 'Current'],
  ['days_1_30_cents', '1-30'],
  ['days_31_60_cents', '31-60'],
  ['days_61_90_cents', '61-90'],
  ['days_91_plus_cents', '91+'],
  ['total_cents', 'Total'],
  ['credits_cents', 'Credits'],
] as const;

type Cell = string | number | null | undefined;

/** Whose books a pack is of, and who closed the month: null while it is open. */
export interface PackNames {
  organisation: string;
  closedBy: string | null;
}

/** A closed month as one page to print or to keep: nothing to fetch, light and dark, phone and desk. Pure. */
export function closePackPage(view: PackView, { organisation, closedBy }: PackNames): string {
  const { month, figures, header } = view;
  const title = `Close pack of ${monthText(month)}`;
  const moment = (at: string): string => momentText(new Date(at), header.time_zone);
  const sums = (rows: PackView['figures']['earned']): Cell[][] =>
    rows.map(({ currency, item, cents }) => [ITEMS[item] ?? item, moneyText(cents, currency)]);
  const facts: [string, string][] = [
    ['Organisation', organisation],
    ['Month', month],
    [
      'State',
      view.closed_at === null
        ? 'open: these figures can still change'
        : `closed on ${moment(view.closed_at)}${closedBy === null ? '' : ` by ${closedBy}`}`,
    ],
    ...(view.force_reason === null ? [] : [['Closed all the same', view.force_reason] as [string, string]]),
    ['Hash', view.pack_hash ?? 'none while the month is open'],
    ['Month before', view.previous_hash ?? 'not closed'],
    ['Figures', { true: 'as frozen', false: 'NOT as frozen', null: 'as of now' }[String(view.verified)]!],
    ['QuickBooks closed up to', header.qbo_closing_date ?? 'not closed'],
    ['QuickBooks read', header.qbo_read_at === null ? 'never' : moment(header.qbo_read_at)],
    ['Time zone', header.time_zone],
    ['Software', header.version],
    ['Open questions', String(header.open_inbox.length)],
  ];
  const balances = figures.deferred.map((row) => [
    row.proposal_id,
    ...[
      row.opening_cents,
      row.billed_cents,
      row.earned_cents,
      row.refunded_cents,
      row.adjustment_cents,
      row.closing_cents,
    ].map((cents) => moneyText(cents, row.currency)),
  ]);
  const receivables = figures.receivables.map((row) => [
    row.proposal_id,
    ...[row.opening_cents, row.invoiced_cents, row.settled_cents, row.closing_cents].map((cents) =>
      moneyText(cents, row.currency),
    ),
  ]);
  const ages = header.aging.map((row) => {
    const { currency, ...amounts } = row as { currency: string } & Record<string, number>;
    const net = (amounts.total_cents ?? 0) + (amounts.credits_cents ?? 0);
    const cells = [...AGES.map(([field]) => amounts[field] ?? 0), net];
    return [currency, ...cells.map((cents) => moneyText(cents, currency))];
  });
  const questions = header.open_inbox.map(({ id, code, proposal_id }) => [id, meaningOf(code), proposal_id]);
  const documents = (rows: PackView['figures']['documents']): Cell[][] =>
    rows.map((row) => [
      row.event_on,
      row.proposal_id,
      row.kind,
      ITEMS[row.item] ?? row.item,
      `${row.source_kind} ${row.source_id}`,
      moneyText(row.cents, row.currency),
    ]);
  const head = ['Day', 'Proposal', 'Kind', 'Item', 'Source', 'Amount'];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${title} · ${organisation}`)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<dl>${facts.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>
${table('Revenue earned', ['Item', 'Amount'], sums(figures.earned))}
${table('Money received, tax included, before fees', ['Item', 'Amount'], sums(figures.received))}
${table('Tax', ['Item', 'Amount'], sums(figures.tax))}
${table('Bad debts', ['Item', 'Amount'], sums(figures.bad_debts))}
${table('Lost in disputes', ['Item', 'Amount'], sums(figures.lost))}
${table(
  'Deferred revenue',
  ['Proposal', 'Opening', 'Billed', 'Earned', 'Refunded', 'Adjustment', 'Closing'],
  balances,
)}
${table('Receivables', ['Proposal', 'Opening', 'Invoiced', 'Settled', 'Closing'], receivables)}
${table('Receivables by age, at the end of the month', ['Currency', ...AGES.map(([, name]) => name), 'Net'], ages)}
${table('Open questions', ['Item', 'Question', 'Proposal'], questions, 3)}
${table('Adjustments of closed months', head, documents(figures.adjustments), 5)}
${table('Documents', head, documents(figures.documents), 5)}
</main>
</body>
</html>
`;
}

/** A pack is kept for years, and a code may be none any more. */
function meaningOf(code: string): string {
  const known = INBOX_CODES.find((one) => one === code);
  return known ? inboxMessageOf(known).meaning : code;
}

/** The first `texts` columns are words, the others money. */
function table(title: string, head: readonly string[], rows: readonly Cell[][], texts = 1): string {
  if (rows.length === 0) return `<h2>${escapeHtml(title)}</h2><p>Nothing.</p>`;
  const cells = (tag: 'th' | 'td', row: readonly Cell[]): string =>
    `<tr>${row
      .map((cell, place) => {
        const kind = place < texts ? ' class="text"' : '';
        return `<${tag}${kind}>${escapeHtml(String(cell ?? ''))}</${tag}>`;
      })
      .join('')}</tr>`;
  const body = rows.map((row) => cells('td', row)).join('\n');
  return `<h2>${escapeHtml(title)}</h2>
<div class="wide"><table><thead>${cells('th', head)}</thead><tbody>
${body}
</tbody></table></div>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1a2433; --quiet: #586678; --line: #d9dfe7; --ground: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4eaf2; --quiet: #94a3b5; --line: #2d3846; --ground: #10151c; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .8rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0; }
dt, p { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; } p { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
.text { text-align: left; }
th:first-child, td:first-child { padding-left: 0; } th { color: var(--quiet); font-weight: 600; }
@media (max-width: 30rem) { table { font-size: .82rem; } th, td { padding: .3rem .35rem; } }
@media print { .wide { overflow: visible; } }
`;

/** What the page may do: show its own style, and nothing else. */
export const CLOSE_PACK_POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256')
  .update(STYLE)
  .digest('base64')}'`;
