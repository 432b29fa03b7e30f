/** The largest id a row can have: `integer` of PostgreSQL. */
export const ROW_ID_MAX = 2_147_483_647;

/** True of a number that can be the id of a row: whole and positive. Pure. */
export function isRowId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= ROW_ID_MAX;
}

/** The id of a row that a form or an address names; null for what is none. Pure. */
export function rowIdIn(text: unknown): number | null {
  const id = typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : null;
  return isRowId(id) ? id : null;
}
