import { after, DAY_MS } from '../../platform/time/after.js';

export const LINK_DAYS_DEFAULT = 30;
export const LINK_DAYS_MAX = 90;

export type LinkState = 'live' | 'expired' | 'revoked';

/** When a link made at this instant ends. */
export function linkEnd(from: Date, days: number): Date {
  return after(from, days * DAY_MS);
}

/** Whether a link still opens its page. Revoked counts before expired. */
export function linkState(link: { expiresAt: Date; revokedAt: Date | null }, now: Date): LinkState {
  if (link.revokedAt !== null) return 'revoked';
  return link.expiresAt > now ? 'live' : 'expired';
}
