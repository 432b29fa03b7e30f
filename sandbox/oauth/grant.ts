import type { Switches } from '../switches.ts';
import { newRefreshToken } from './secrets.ts';

const secondMs = 1000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const accessLifetimeMs = 3600 * secondMs;
const refreshLifetimeMs = 100 * dayMs;
const hardLifetimeMs = 5 * 365 * dayMs;

/** One value of a refresh token. Instants are epoch milliseconds of the sandbox clock. */
export interface RefreshValue {
  value: string;
  issuedAt: number;
  expiresAt: number;
  /** When a newer value took its place; null while it is the current one. */
  replacedAt: number | null;
}

/** What a user agreed to: this app may use this company. Ends by revocation or at its hard expiry. */
export interface Grant {
  readonly clientId: string;
  readonly realmId: string;
  readonly scopes: readonly string[];
  readonly grantedAt: number;
  readonly hardExpiresAt: number;
  refresh: RefreshValue;
  revokedAt: number | null;
}

function newRefreshValue(now: number, hardExpiresAt: number): RefreshValue {
  const expiresAt = Math.min(now + refreshLifetimeMs, hardExpiresAt);
  return { value: newRefreshToken(expiresAt), issuedAt: now, expiresAt, replacedAt: null };
}

export function newGrant(clientId: string, realmId: string, scopes: readonly string[], now: number): Grant {
  const hardExpiresAt = now + hardLifetimeMs;
  return {
    clientId,
    realmId,
    scopes,
    grantedAt: now,
    hardExpiresAt,
    refresh: newRefreshValue(now, hardExpiresAt),
    revokedAt: null,
  };
}

/**
 * Whether this value may still be exchanged: the current one until it expires, an old one during the grace.
 * Pure.
 */
export function isUsable(grant: Grant, refresh: RefreshValue, now: number, switches: Switches): boolean {
  if (grant.revokedAt !== null || now >= refresh.expiresAt || now >= grant.hardExpiresAt) return false;
  return refresh.replacedAt === null || now < refresh.replacedAt + switches.refreshGraceHours * hourMs;
}

/**
 * The value that follows the grant's current one at this refresh, or null while the current one is young
 * enough to keep.
 */
export function successorOf(grant: Grant, now: number, switches: Switches): RefreshValue | null {
  const isYoung = now - grant.refresh.issuedAt < switches.refreshRotationHours * hourMs;
  return isYoung ? null : newRefreshValue(now, grant.hardExpiresAt);
}

/** Whole seconds from `now` until an instant, never negative. */
export function secondsUntil(instant: number, now: number): number {
  return Math.max(0, Math.floor((instant - now) / secondMs));
}
