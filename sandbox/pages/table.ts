import { type Html, html } from './html.ts';

type Cell = Html | string | number;

const AMOUNTS = new Set(['Amount', 'Balance', 'Credit', 'Debit', 'Fee', 'Net']);

/** A column without a title holds buttons, and those named for amounts are aligned as such. */
function classOf(column: string): string {
  return column === '' ? 'acts' : AMOUNTS.has(column) ? 'money' : '';
}

function cellIn(column: string, cell: Cell): Html {
  return html`<td class="${classOf(column)}" data-label="${column}">${cell}</td>`;
}

/** A table that folds into cards on a phone; `empty` is said when there are no rows. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  empty = 'None yet.',
): Html {
  if (rows.length === 0) return html`<p class="quiet">${empty}</p>`;
  return html`<div class="sheet">
    <table class="stack">
      <thead>
        <tr>
          ${columns.map((column) => html`<th class="${classOf(column)}">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, index) => cellIn(columns[index]!, cell))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A button that POSTs, with what it sends along. */
export function postButton(path: string, label: string, fields: Readonly<Record<string, string>> = {}): Html {
  return html`<form method="post" action="${path}">
    ${Object.entries(fields).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <button>${label}</button>
  </form>`;
}
