/** How an id of QuickBooks is written. */
const QBO_ID = /^[0-9]{1,20}$/;

/** Whether something can be an id of QuickBooks: what was linked or typed by hand may be anything. Pure. */
export function isQboId(id: string): boolean {
  return QBO_ID.test(id);
}

/**
 * The id that a person means who gives it, or the address of the page in QuickBooks that has it: `param` is its name
 * there. Anything else stays as it is, and is no id. Pure.
 */
export function qboIdMeant(given: string, param: 'txnId' | 'nameId'): string {
  const text = given.trim();
  const address = text.replaceAll(/%3F/gi, '?').replaceAll(/%3D/gi, '=').replaceAll(/%26/gi, '&');
  const [, id] = new RegExp(`^https?://.*[?&]${param}=([0-9]+)(?![^&#])`, 'i').exec(address) ?? [];
  return id ?? text;
}
