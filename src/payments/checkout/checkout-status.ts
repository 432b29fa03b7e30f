/**
 * `pending`: the customer is through, the bank has not paid yet. `failed`: no money came, or Stripe refused the
 * session.
 */
export const CHECKOUT_STATUSES = ['open', 'pending', 'paid', 'failed', 'expired'] as const;
export type CheckoutStatus = (typeof CHECKOUT_STATUSES)[number];

/** An answer that is lost is asked for under the same key for so long; Stripe forgets a key after 24 hours. */
export const UNANSWERED_MAX_MS = 23 * 3_600_000;

/** A page that is about to expire is not handed out any more. */
const LEFT_MIN_MS = 60_000;

/** True where the customer can still pay on an open session, or Stripe can still be asked for it again. Pure. */
export function isUsable(
  session: { url: string | null; expiresAt: Date | null; createdAt: Date },
  now: Date,
): boolean {
  if (session.url === null) return now.getTime() - session.createdAt.getTime() < UNANSWERED_MAX_MS;
  return session.expiresAt === null || session.expiresAt.getTime() - now.getTime() > LEFT_MIN_MS;
}
