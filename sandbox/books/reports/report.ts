import { type AmountStyle, amountText } from '../money.ts';

/** An amount in minor units of the company's home currency, not written yet. */
export interface Amount {
  minor: number;
}

/** One cell of a report; written, amounts are text too. */
export interface Cell<Value = string | Amount> {
  value: Value;
  id?: string;
}

export interface Row<Value = string | Amount> {
  type?: 'Data' | 'Section';
  group?: string;
  ColData?: Cell<Value>[];
  Header?: { ColData: Cell<Value>[] };
  Rows?: { Row: Row<Value>[] };
  Summary?: { ColData: Cell<Value>[] };
}

export interface Column {
  ColTitle: string;
  ColType: string;
  MetaData?: { Name: string; Value: string }[];
}

export interface Report<Value = string | Amount> {
  Header: Record<string, unknown>;
  Columns: { Column: Column[] };
  Rows: { Row: Row<Value>[] };
}

/** A report as it is answered. */
export type WrittenReport = Report<string>;

export function money(minor: number): Amount {
  return { minor };
}

/** As in the rows above a total: nothing where nothing is. */
export function moneyOrEmpty(minor: number): Amount | string {
  return minor === 0 ? '' : money(minor);
}

export function column(ColTitle: string, ColType: string, key: string): Column {
  return { ColTitle, ColType, MetaData: [{ Name: 'ColKey', Value: key }] };
}

export function moneyColumn(ColTitle: string, key: string): Column {
  return column(ColTitle, 'Money', key);
}

export function cell(value: string | Amount, id?: string): Cell {
  return id === undefined ? { value } : { value, id };
}

export function dataRow(cells: Cell[], group?: string): Row {
  return { ColData: cells, type: 'Data', ...(group === undefined ? {} : { group }) };
}

/** A section with its rows and its total; without rows it is its total alone. */
export function section(title: Cell[], rows: Row[], summary: Cell[], group?: string): Row {
  const grouped = group === undefined ? {} : { group };
  if (rows.length === 0) return { Summary: { ColData: summary }, type: 'Section', ...grouped };
  return {
    Header: { ColData: title },
    Rows: { Row: rows },
    Summary: { ColData: summary },
    type: 'Section',
    ...grouped,
  };
}

/** Every leaf and summary of a report, for whoever wants to add it up again. */
export function* rowsOf(rows: readonly Row<string>[]): Generator<Row<string>> {
  for (const row of rows) {
    yield row;
    yield* rowsOf(row.Rows?.Row ?? []);
  }
}

function writtenCells(cells: readonly Cell[], { currency, decimals }: AmountStyle): Cell<string>[] {
  return cells.map(({ value, ...more }) => ({
    ...more,
    value: typeof value === 'string' ? value : amountText(Math.round(value.minor), currency, decimals),
  }));
}

function writtenRow({ ColData, Header, Rows, Summary, ...more }: Row, style: AmountStyle): Row<string> {
  return {
    ...(ColData ? { ColData: writtenCells(ColData, style) } : {}),
    ...(Header ? { Header: { ColData: writtenCells(Header.ColData, style) } } : {}),
    ...(Rows ? { Rows: { Row: Rows.Row.map((row) => writtenRow(row, style)) } } : {}),
    ...(Summary ? { Summary: { ColData: writtenCells(Summary.ColData, style) } } : {}),
    ...more,
  };
}

/** The report with its amounts as text, with the decimals kept of the company's currency: `-100.00`. */
export function written({ Header, Columns, Rows }: Report, style: AmountStyle): WrittenReport {
  return { Header, Columns, Rows: { Row: Rows.Row.map((row) => writtenRow(row, style)) } };
}
