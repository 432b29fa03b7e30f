const DIGITS = /^\d{1,20}$/;

/** Whether something can be an id of QuickBooks: what was linked by hand may be anything. Pure. */
export function isQboId(id: string): boolean {
  return DIGITS.test(id);
}
