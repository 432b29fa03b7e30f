/** In test mode no money moves, and Stripe knows nothing of what is of the other mode. */
export type StripeMode = 'test' | 'live';

/** The mode that a key, or the id of a Checkout session, is of; null where it does not say. Pure. */
export function stripeModeOf(keyOrId: string): StripeMode | null {
  const [, mode] = /^[a-z]+_(test|live)_/.exec(keyOrId) ?? [];
  return (mode as StripeMode | undefined) ?? null;
}
