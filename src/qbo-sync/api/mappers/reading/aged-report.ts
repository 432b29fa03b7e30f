import { centsFromDecimal, NotMoneyError } from '../../../../platform/money/cents.js';
import { UnreadableFieldError } from './json-reader.js';

/** The amounts of a row, in the order of QuickBooks' columns: current, 1 to 30, 31 to 60, 61 to 90, 91 and over. */
export const AGED_COLUMNS = ['current', 'days_1_30', 'days_31_60', 'days_61_90', 'days_91_plus'] as const;

/** What one customer has open by QuickBooks' own report, in cents of the home currency, without its sub-customers. */
export interface AgedReportRow {
  qboCustomerId: string;
  name: string;
  /** By AGED_COLUMNS. */
  cents: number[];
  totalCents: number;
}

export interface AgedReport {
  rows: AgedReportRow[];
  /** What the report itself says all rows are; null where it has no rows. */
  grandTotalCents: number | null;
}

interface Cell {
  value?: string;
  id?: string;
}

interface Row {
  ColData?: Cell[];
  Header?: { ColData?: Cell[] };
  Rows?: { Row?: Row[] };
  Summary?: { ColData?: Cell[] };
  group?: string;
}

/**
 * QuickBooks' AgedReceivables, of either generation of its reports. Columns are found by key or title, never by their
 * place; an empty cell is zero; a customer with sub-customers is a section whose head has its own amounts. Throws
 * UnreadableFieldError where it is no such report.
 */
export function readAgedReport(body: object): AgedReport {
  const report = body as { Columns?: { Column?: unknown[] }; Rows?: { Row?: Row[] } };
  const columns = report.Columns?.Column;
  if (!Array.isArray(columns)) throw new UnreadableFieldError('Columns', 'is missing');
  const places = [...AGED_COLUMNS, 'total'].map((key) => placeOf(columns, key));
  const rows: AgedReportRow[] = [];
  let grandTotalCents: number | null = null;
  const walk = (all: readonly Row[]): void => {
    for (const row of all) {
      if (row.group === 'GrandTotal') grandTotalCents = centsOf(row.Summary?.ColData?.[places.at(-1)!]);
      const cells = row.ColData ?? row.Header?.ColData ?? [];
      const [{ id, value } = {}] = cells;
      if (id) {
        const cents = places.map((place) => centsOf(cells[place]));
        rows.push({
          qboCustomerId: id,
          name: value ?? '',
          cents: cents.slice(0, -1),
          totalCents: cents.at(-1)!,
        });
      }
      walk(row.Rows?.Row ?? []);
    }
  };
  walk(report.Rows?.Row ?? []);
  return { rows, grandTotalCents };
}

const TITLES: Readonly<Record<string, RegExp>> = {
  current: /^current$/i,
  days_1_30: /^1\s*-\s*30\b/,
  days_31_60: /^31\s*-\s*60\b/,
  days_61_90: /^61\s*-\s*90\b/,
  days_91_plus: /^(91 and over|> ?90|over 90)/i,
  total: /^total$/i,
};
const KEYS: Readonly<Record<string, string>> = {
  current: 'current',
  days_1_30: '0',
  days_31_60: '1',
  days_61_90: '2',
  days_91_plus: '3',
  total: 'total',
};

function placeOf(columns: readonly unknown[], name: string): number {
  const all = columns as {
    ColTitle?: string;
    ColType?: string;
    MetaData?: { Name?: string; Value?: string }[];
  }[];
  const byTitle = all.findIndex(({ ColTitle }) => TITLES[name]!.test((ColTitle ?? '').trim()));
  if (byTitle >= 0) return byTitle;
  const byKey = all.findIndex(({ MetaData }) =>
    MetaData?.some(({ Name, Value }) => Name === 'ColKey' && Value === KEYS[name]),
  );
  if (byKey >= 0) return byKey;
  throw new UnreadableFieldError(`Columns ${name}`, 'is missing');
}

function centsOf(cell: Cell | undefined): number {
  const text = cell?.value?.trim() ?? '';
  if (text === '') return 0;
  try {
    return centsFromDecimal(text);
  } catch (error) {
    if (error instanceof NotMoneyError)
      throw new UnreadableFieldError('ColData', 'is not an amount of money');
    throw error;
  }
}
