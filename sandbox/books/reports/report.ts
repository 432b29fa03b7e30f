/** One cell of a report; amounts are text. */
export interface Cell {
  value: string;
  id?: string;
}

export interface Row {
  type?: 'Data' | 'Section';
  group?: string;
  ColData?: Cell[];
  Header?: { ColData: Cell[] };
  Rows?: { Row: Row[] };
  Summary?: { ColData: Cell[] };
}

export interface Column {
  ColTitle: string;
  ColType: string;
  MetaData?: { Name: string; Value: string }[];
}

export interface Report {
  Header: Record<string, unknown>;
  Columns: { Column: Column[] };
  Rows: { Row: Row[] };
}

/** Minor units of a two-decimal home currency as a report writes them: `-100.00`. */
export function money(minor: number): string {
  return (minor / 100).toFixed(2);
}

/** As in the rows above a total: nothing where nothing is. */
export function moneyOrEmpty(minor: number): string {
  return minor === 0 ? '' : money(minor);
}

export function column(ColTitle: string, ColType: string, key: string): Column {
  return { ColTitle, ColType, MetaData: [{ Name: 'ColKey', Value: key }] };
}

export function moneyColumn(ColTitle: string, key: string): Column {
  return column(ColTitle, 'Money', key);
}

export function cell(value: string, id?: string): Cell {
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
export function* rowsOf(rows: readonly Row[]): Generator<Row> {
  for (const row of rows) {
    yield row;
    yield* rowsOf(row.Rows?.Row ?? []);
  }
}
