type Scalar = string | number | boolean | null | undefined;

/** What has to be escaped within quotes. */
const SPECIAL = /["\\]/;

/** One value of each row, as PostgreSQL reads an array. The driver writes each element as a text of its own. */
export function arrayText<Row>(rows: readonly Row[], valueOf: (row: Row) => Scalar): string {
  let text = '{';
  for (const row of rows) text += (text.length > 1 ? ',' : '') + elementOf(valueOf(row));
  return `${text}}`;
}

function elementOf(value: Scalar): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value !== 'string') return String(value);
  return `"${SPECIAL.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`;
}
