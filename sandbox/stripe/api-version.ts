/** The API version of an account that was given none. */
export const stripeApiVersion = '2025-09-30.clover';

/** Versions are days, the later ones with a name: `2024-06-20`, `2026-09-30.endive`. */
export const isApiVersion = (text: string): boolean => /^\d{4}-\d{2}-\d{2}(\.\w+)?$/.test(text);
