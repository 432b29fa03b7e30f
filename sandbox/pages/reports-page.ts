import type { Company } from '../books/company.ts';
import type { Cell, Row, WrittenReport } from '../books/reports/report.ts';
import { entityOfType } from '../books/reports/ledger-lines.ts';
import { REPORTS, runReport } from '../books/reports/run-report.ts';
import { type Html, html } from './html.ts';

/** What the form of the page asks for. */
export interface ReportChoice {
  name: string;
  basis: 'Accrual' | 'Cash';
  start: string;
  end: string;
}

function classOf(value: string): string {
  if (/^-?\d+\.\d\d$/.test(value)) return 'money';
  return /^\d{4}-\d\d-\d\d$/.test(value) ? 'date' : '';
}

/** The rows of one report's table. */
class ReportRows {
  readonly #realm: string;
  /** Where the type of a document stands, with its Id. */
  readonly #typeAt: number;

  constructor(realm: string, { Columns }: WrittenReport) {
    this.#realm = realm;
    this.#typeAt = Columns.Column.findIndex(({ MetaData }) => MetaData?.[0]?.Value === 'txn_type');
  }

  all(rows: readonly Row<string>[], depth = 0): Html[] {
    return rows.flatMap((row) => [
      ...this.#titled(row.Header?.ColData ?? [], depth),
      ...(row.ColData ? [this.#data(row.ColData, depth)] : []),
      ...this.all(row.Rows?.Row ?? [], depth + 1),
      ...this.#titled(row.Summary?.ColData ?? [], depth),
    ]);
  }

  /** A title or total; its text takes the room of the empty cells after it. Nothing in it: no row. */
  #titled(cells: readonly Cell<string>[], depth: number): Html[] {
    if (cells.every(({ value }) => value === '')) return [];
    const filled = cells.findIndex(({ value }, index) => index > 0 && value !== '');
    const span = filled === -1 ? cells.length : filled;
    const [title] = cells;
    return [
      html`<tr>
        <td colspan="${span}"><strong>${'\u2003'.repeat(depth)}${title!.value}</strong></td>
        ${cells.slice(span).map(({ value }) => html`<td class="${classOf(value)}"><strong>${value}</strong></td>`)}
      </tr>`,
    ];
  }

  #data(cells: readonly Cell<string>[], depth: number): Html {
    return html`<tr>
      ${cells.map((cell, index) => {
        const text = index === 0 ? html`${'\u2003'.repeat(depth)}${cell.value}` : this.#linked(cell, index);
        return html`<td class="${classOf(cell.value)}">${text}</td>`;
      })}
    </tr>`;
  }

  #linked({ value, id }: Cell<string>, index: number): Html | string {
    if (index !== this.#typeAt || id === undefined || value === '') return value;
    const path = `/pages/documents/${entityOfType(value)}/${id}?realm=${this.#realm}`;
    return html`<a href="${path}">${value}</a>`;
  }
}

function tableOf(realm: string, report: WrittenReport): Html {
  const rows = new ReportRows(realm, report).all(report.Rows.Row);
  if (rows.length === 0) return html`<p class="quiet">Nothing in this period.</p>`;
  return html`<div class="sheet">
    <table>
      <thead>
        <tr>
          ${report.Columns.Column.map(
            ({ ColTitle, ColType }) => html`<th class="${ColType === 'Money' && 'money'}">${ColTitle}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function option(value: string, chosen: string): Html {
  return value === chosen
    ? html`<option value="${value}" selected>${value}</option>`
    : html`<option value="${value}">${value}</option>`;
}

/** One report of a company, and a form to choose another. `JournalReport` shows what each document posted. */
export function reportsPage(company: Company, choice: ReportChoice): Html {
  const { name, basis, start, end } = choice;
  const query = { start_date: start, end_date: end, report_date: end, accounting_method: basis };
  return html`<h1>${company.name}: ${name}</h1>
    <form class="card fields" method="get" action="/pages/reports">
      <input type="hidden" name="realm" value="${company.realmId}" />
      <select name="report" aria-label="Report">
        ${Object.keys(REPORTS).map((one) => option(one, name))}
      </select>
      <input type="text" name="start" value="${start}" aria-label="From" />
      <input type="text" name="end" value="${end}" aria-label="To" />
      <select name="basis" aria-label="Basis">
        ${['Accrual', 'Cash'].map((one) => option(one, basis))}
      </select>
      <button class="primary">Show</button>
    </form>
    ${tableOf(company.realmId, runReport(company, name, query))}`;
}
