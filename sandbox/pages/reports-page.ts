import type { Company } from '../books/company.ts';
import type { Cell, Report, Row } from '../books/reports/report.ts';
import { REPORTS, runReport } from '../books/reports/run-report.ts';
import { type Html, html } from './html.ts';

/** What the form of the page asks for. */
export interface ReportChoice {
  name: string;
  basis: 'Accrual' | 'Cash';
  start: string;
  end: string;
}

function cells(list: readonly Cell[], depth: number, isTotal: boolean): Html {
  return html`<tr>
    ${list.map(({ value }, index) => {
      const text = index === 0 ? `${'\u2003'.repeat(depth)}${value}` : value;
      const isAmount = /^-?\d+\.\d\d$/.test(value);
      return html`<td class="${isAmount && 'money'}">${isTotal ? html`<strong>${text}</strong>` : text}</td>`;
    })}
  </tr>`;
}

function rowsOf(rows: readonly Row[], depth = 0): Html[] {
  return rows.flatMap((row) => [
    ...(row.Header ? [cells(row.Header.ColData, depth, true)] : []),
    ...(row.ColData ? [cells(row.ColData, depth, false)] : []),
    ...(row.Rows ? rowsOf(row.Rows.Row, depth + 1) : []),
    ...(row.Summary ? [cells(row.Summary.ColData, depth, true)] : []),
  ]);
}

function tableOf(report: Report): Html {
  const rows = rowsOf(report.Rows.Row);
  if (rows.length === 0) return html`<p class="quiet">Nothing in this period.</p>`;
  return html`<div class="sheet">
    <table>
      <thead>
        <tr>
          ${report.Columns.Column.map(({ ColTitle }) => html`<th>${ColTitle}</th>`)}
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
    <form class="card" method="get" action="/pages/reports">
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
    ${tableOf(runReport(company, name, query))}`;
}
