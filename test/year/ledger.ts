import type { Json } from '../support/people.js';
import { add, nonZero } from './difference.js';
import type { Year } from './year.js';

interface ReportRow {
  ColData?: { id?: string; value: string }[];
  Rows?: { Row?: ReportRow[] };
  Summary?: { ColData: { value: string }[] };
  group?: string;
}

const cents = (value: string | undefined): number => Math.round(Number(value || 0) * 100);

/** Income of QuickBooks' own profit and loss of 2026, by month, in home cents. */
export async function incomeByMonth(year: Year, method: 'Accrual' | 'Cash'): Promise<Map<string, number>> {
  const query = `start_date=2026-01-01&end_date=2026-12-31&accounting_method=${method}&summarize_column_by=Month`;
  const { Rows } = (await year.ledgerReport(`ProfitAndLoss?${query}`)) as { Rows: { Row?: ReportRow[] } };
  const values = Rows.Row?.find(({ group }) => group === 'Income')?.Summary?.ColData.slice(1, 13) ?? [];
  return new Map(
    values
      .map(({ value }, index) => [`2026-${String(index + 1).padStart(2, '0')}`, cents(value)] as const)
      .filter(([, sum]) => sum !== 0),
  );
}

/** What each customer owes, or each vendor is owed, at the end of a day, in the currency of the documents. */
export async function openByParty(
  year: Year,
  report: 'AgedReceivableDetail' | 'AgedPayableDetail',
  day: string,
): Promise<Map<string, number>> {
  const { Columns, Rows } = await year.ledgerReport(`${report}?report_date=${day}`);
  const keys = (Columns.Column as Json[]).map(({ MetaData }) => MetaData?.[0]?.Value as string | undefined);
  const of = (row: ReportRow, key: string) => row.ColData?.[keys.indexOf(key)];
  const party = report === 'AgedPayableDetail' ? 'vend_name' : 'cust_name';
  const open = new Map<string, number>();
  const walk = (rows: ReportRow[] = []): void => {
    for (const row of rows) {
      const id = of(row, party)?.id;
      if (id !== undefined)
        add(open, `${id} in ${of(row, 'currency')?.value}`, cents(of(row, 'foreign_open_bal')?.value));
      walk(row.Rows?.Row);
    }
  };
  walk(Rows.Row as ReportRow[] | undefined);
  return nonZero(open);
}

/** What customers' deposits are owed to them at the end of a day, in home cents. */
export async function depositsOwed(year: Year, day: string): Promise<number> {
  const query = `BalanceSheet?start_date=1900-01-01&end_date=${day}&accounting_method=Accrual`;
  const { Rows } = await year.ledgerReport(query);
  let owed = 0;
  const walk = (rows: ReportRow[] = []): void => {
    for (const row of rows) {
      if (row.ColData?.[0]?.value === 'Customer Deposits') owed += cents(row.ColData[1]?.value);
      walk(row.Rows?.Row);
    }
  };
  walk(Rows.Row as ReportRow[] | undefined);
  return owed;
}
