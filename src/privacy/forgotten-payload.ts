/** What was sent to QuickBooks by one operation, and the kind of it. */
export interface SentPayload {
  kind: string;
  payload: Record<string, unknown>;
}

/** A customer's profile with nothing in it. */
const NOBODY = { displayName: 'Erased', email: null, phone: null };

/** What people read, and may name a customer in. Whatever else is sent are ids, days, codes and figures. */
const SENTENCES = new Set(['privateNote', 'description']);

/**
 * What is left of a payload once its customer is forgotten: of a customer's record its ids, of every other the same
 * with these texts replaced in its sentences. Ids and days are left alone, whatever somebody is called. Pure.
 */
export function forgottenPayload(
  { kind, payload }: SentPayload,
  replacements: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const currency = payload.currency === undefined ? {} : { currency: payload.currency };
  if (kind === 'customer.update' || (kind === 'customer.currency' && payload.patch !== undefined)) {
    const { id, syncToken } = (payload.patch ?? {}) as Record<string, unknown>;
    return { patch: { id, syncToken }, sent: NOBODY, overwrites: null, ...currency };
  }
  if (kind.startsWith('customer.')) return { ...NOBODY, ...currency };
  const { billEmail: _email, billTo: _billing, shipTo: _site, ...rest } = payload;
  return forgottenIn(rest, replacements) as Record<string, unknown>;
}

function forgottenIn(value: unknown, replacements: ReadonlyMap<string, string>, key?: string): unknown {
  if (typeof value === 'string') {
    if (key === undefined || !SENTENCES.has(key)) return value;
    return [...replacements].reduce((text, [name, instead]) => text.replaceAll(name, instead), value);
  }
  if (Array.isArray(value)) return value.map((one) => forgottenIn(one, replacements));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, forgottenIn(one, replacements, name)]),
  );
}
