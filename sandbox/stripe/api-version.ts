/** The API version of an account that was given none. */
export const stripeApiVersion = '2025-09-30.clover';

/** Versions are days, the later ones with a name: `2024-06-20`, `2026-09-30.endive`. */
export const isApiVersion = (text: string): boolean => /^\d{4}-\d{2}-\d{2}(\.\w+)?$/.test(text);

const isSince = (version: string, day: string): boolean => version.slice(0, day.length) >= day;

/** Whether a version has `allowed_payment_method_types` in place of `payment_method_types`. */
export const isSinceEndive = (version: string): boolean => isSince(version, '2026-09-30');

/** What `ui_mode` may be in a version, the hosted page first: its values were renamed with dahlia. */
export function uiModesOf(version: string): readonly [hosted: string, ...others: string[]] {
  return isSince(version, '2026-03-25')
    ? ['hosted_page', 'embedded_page', 'elements', 'form']
    : ['hosted', 'embedded', 'custom'];
}

/**
 * The object, or each object of a list, as a version shows it. Sessions alone differ between versions; events
 * stay as they were written. Pure.
 */
export function inVersion<Shown extends object>(object: Shown, version: string): Shown {
  const { object: kind, data } = object as { object?: unknown; data?: unknown };
  if (kind === 'checkout.session') {
    const shown = { ...object, ui_mode: uiModesOf(version)[0] };
    if (!isSinceEndive(version)) Reflect.deleteProperty(shown, 'allowed_payment_method_types');
    return shown;
  }
  if (kind !== 'list' || !Array.isArray(data)) return object;
  return { ...object, data: (data as object[]).map((one) => inVersion(one, version)) };
}
