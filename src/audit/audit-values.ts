/** Named values as they were or became; amounts are cents. Never a password, a token or a secret. */
export type AuditValues = Readonly<Record<string, unknown>>;

/** No `hash`: what is kept of passwords and tokens is named after them, and the hash of a pack is told to everybody. */
const SECRET = /password|secret|token|webhook_url|totp|otpauth|recovery_code/i;
const NOT_RECORDED = 'not recorded';

/** The values that differ, before and after; null where none does. Lists are compared by content. Pure. */
export function changedValues(
  before: AuditValues,
  after: AuditValues,
): { before: AuditValues; after: AuditValues } | null {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null),
  );
  if (names.length === 0) return null;
  const only = (values: AuditValues): AuditValues =>
    Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
  return { before: only(before), after: only(after) };
}

/** The fields of a row, but for some, by the names that they have outside: `deposit_percent`. Pure. */
export function valuesOf(row: object, without: readonly string[] = []): AuditValues {
  const outside = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => [outside(name), value as unknown]),
  );
}

/** The values as they are stored: one that is named like a secret only says that it is there. Pure. */
export function recordable(values: AuditValues | null | undefined): AuditValues | null {
  if (!values) return null;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value !== null && value !== undefined && SECRET.test(name) ? NOT_RECORDED : value,
    ]),
  );
}
