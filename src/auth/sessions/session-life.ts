import { DAY_MS } from '../../platform/time/after.js';

/** How long a session of a program can be refreshed, and one of a browser be used, at most. */
export const PROGRAM_LIFE_MS = 30 * DAY_MS;
export const BROWSER_LIFE_MS = 12 * 3_600_000;

/** A browser that asked for nothing for so long is signed out. */
export const BROWSER_IDLE_MS = 3_600_000;

/** The last use of a session is kept to so much: a busy one is not written for every request. */
const LAST_USE_PRECISION_MS = 60_000;

/** What decides whether a session still holds. */
export interface SessionFacts {
  readonly kind: 'program' | 'browser';
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

/** True while the tokens or the cookie of the session are worth something. Pure. */
export function sessionHolds({ kind, lastUsedAt, expiresAt, endedAt }: SessionFacts, now: Date): boolean {
  if (endedAt !== null || expiresAt <= now) return false;
  return kind === 'program' || now.getTime() - lastUsedAt.getTime() < BROWSER_IDLE_MS;
}

/**
 * True where a token for an organisation counts, whose session may have moved to another one since. A browser has one
 * cookie, so that one from before is a copy; an access token lives its minutes on. Pure.
 */
export function countsIn(session: { kind: SessionFacts['kind']; orgId: number }, orgId: number): boolean {
  return session.kind === 'program' || session.orgId === orgId;
}

/** True where a use at this moment is to be written down. Pure. */
export function isUseToBeKept({ lastUsedAt }: Pick<SessionFacts, 'lastUsedAt'>, now: Date): boolean {
  return now.getTime() - lastUsedAt.getTime() >= LAST_USE_PRECISION_MS;
}
