/** How an id of QuickBooks is written; also as the `pattern` of a field of a form. */
export const QBO_ID_PATTERN = '[0-9]{1,20}';

const QBO_ID = new RegExp(`^${QBO_ID_PATTERN}$`);

/** Whether something can be an id of QuickBooks: what was linked or typed by hand may be anything. Pure. */
export function isQboId(id: string): boolean {
  return QBO_ID.test(id);
}
