import { centsFromDecimal } from '../../../../platform/money/cents.js';
import { JsonReader, UnreadableFieldError } from './json-reader.js';

/** One cell: what it shows, and the id of what it is about. */
export interface ReportCell {
  id: string | null;
  value: string;
}

/** A row of a report that has no rows below it. */
export interface ReportLeaf {
  /** The first cells of the sections that it is in, outermost first. */
  path: readonly ReportCell[];
  cells: readonly ReportCell[];
}

/** A report of QuickBooks, of either generation: rows nested to any depth, columns by key or by title. */
export interface ReportTable {
  columns: readonly { key: string | null; title: string }[];
  leaves: readonly ReportLeaf[];
}

/** Reads the answer of any report. Throws UnreadableFieldError where it has no columns. */
export function readReport(body: object): ReportTable {
  const report = new JsonReader(body, 'report');
  const columns = report
    .inner('Columns')
    .list('Column')
    .map((column) => ({
      key: columnKey(column),
      title: column.optionalText('ColTitle') ?? '',
    }));
  const leaves: ReportLeaf[] = [];
  const walk = (rows: JsonReader | null, path: readonly ReportCell[]): void => {
    for (const row of rows?.list('Row') ?? []) {
      const inner = row.optionalInner('Rows');
      const cells = cellsOf(row);
      if (inner) {
        const [title] = cellsOf(row.optionalInner('Header'));
        walk(inner, title ? [...path, title] : path);
      } else if (cells.length > 0) {
        leaves.push({ path, cells });
      }
    }
  };
  walk(report.optionalInner('Rows'), []);
  return { columns, leaves };
}

/** The place of a column, by its key, else by its title in any case. Throws UnreadableFieldError without it. */
export function columnOf({ columns }: ReportTable, key: string, title: string): number {
  const byKey = columns.findIndex((column) => column.key === key);
  if (byKey >= 0) return byKey;
  const byTitle = columns.findIndex((column) => column.title.toLowerCase() === title.toLowerCase());
  if (byTitle >= 0) return byTitle;
  throw new UnreadableFieldError(`report column ${key}`, 'is missing');
}

/** Money of a cell in cents; nothing is 0. */
export function reportCents(cell: ReportCell | undefined): number {
  return cell === undefined || cell.value === '' ? 0 : centsFromDecimal(cell.value.replaceAll(',', ''));
}

function cellsOf(row: JsonReader | null): ReportCell[] {
  return (row?.list('ColData') ?? []).map((cell) => ({
    id: cell.optionalText('id') || null,
    value: cell.optionalText('value') ?? '',
  }));
}

function columnKey(column: JsonReader): string | null {
  const keys = column.list('MetaData').filter((entry) => entry.optionalText('Name') === 'ColKey');
  return keys[0]?.optionalText('Value') ?? null;
}
