/** The most rows that QuickBooks answers at once. */
export const ROWS_PER_PAGE_MAX = 1000;
/** How many ids one question may list: a URL has to hold them. */
export const IDS_PER_QUERY_MAX = 100;

type Value = string | boolean | Date | readonly (string | boolean)[];
type Operator = '=' | '>=' | '<=' | '>' | '<' | 'LIKE';

/** One condition: `['Active', [true, false]]` is `Active IN (true, false)`. Names are ours, values may be anybody's. */
export type Condition = readonly [property: string, value: Value, operator?: Operator];

/**
 * The part of a QuickBooks query after `select * from <Entity>`. Every value is escaped, whoever typed it, and every
 * number goes in as a string because QBO takes no bare one. `startPosition` counts from 1.
 */
export function whereClause(
  conditions: readonly Condition[],
  page: { orderBy?: string; startPosition?: number; maxResults: number },
): string {
  const where = conditions.map(conditionText).join(' AND ');
  const order = page.orderBy === undefined ? '' : ` ORDERBY ${page.orderBy}`;
  return `WHERE ${where}${order} STARTPOSITION ${page.startPosition ?? 1} MAXRESULTS ${page.maxResults}`;
}

function conditionText([property, value, operator = '=']: Condition): string {
  if (typeof value === 'object' && !(value instanceof Date)) {
    return `${property} IN (${value.map(literal).join(', ')})`;
  }
  return `${property} ${operator} ${literal(value)}`;
}

function literal(value: string | boolean | Date): string {
  if (typeof value === 'boolean') return String(value);
  return quoted(value instanceof Date ? instantText(value) : value);
}

/**
 * A string literal: first `\\`, then `'` escaped by a backslash. Control characters become spaces: no name in
 * QuickBooks has one, and a URL would lose them.
 */
export function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const printable = text.replace(/[\u0000-\u001f\u007f]/g, ' ');
  return `'${printable.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** An instant with its zone, to the second below: without a zone QBO would read it as Pacific time. */
export function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}
