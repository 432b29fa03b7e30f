import { isRowId } from '../../platform/database/statements/row-id.js';
import type { UserRole } from '../access/permissions.js';

export const TOKEN_ISSUER = 'peakpro-crm';

/** Who a token is for: a program with a bearer token, or a browser with a cookie. One is never taken for the other. */
export const TOKEN_AUDIENCE = { bearer: 'peakpro-crm/api', browser: 'peakpro-crm/browser' } as const;
export type TokenKind = keyof typeof TOKEN_AUDIENCE;

/** Clocks of replicas agree to some milliseconds; while the database is away they may come apart. */
const SKEW_SECONDS = 30;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a token of ours says. The roles are for the reader of the token: the database decides. */
export interface TokenClaims {
  /** The id of the user, in decimal. */
  readonly sub: string;
  readonly org: number;
  readonly roles: readonly UserRole[];
  readonly epoch: number;
  readonly jti: string;
  /** The sign-in the token comes from. */
  readonly sid: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
}

/** What of a token is compared with the database. */
export interface Bearer {
  readonly userId: number;
  readonly orgId: number;
  readonly epoch: number;
  readonly sessionId: string | null;
  /** Null for a token that does not say when it was signed. */
  readonly issuedAt: Date | null;
}

/**
 * Reads the claims of a token whose signature, issuer and audience are proven. Pure.
 * Undefined for one that is expired, from the future, without an end, or not of the shape we issue.
 */
export function readClaims(claims: Record<string, unknown>, now: Date): Bearer | undefined {
  const { sub, org, epoch, jti, sid, iat, exp, nbf } = claims;
  const second = now.getTime() / 1000;
  if (typeof exp !== 'number' || exp <= second) return undefined;
  if (iat !== undefined && !startsBy(iat, second)) return undefined;
  if (nbf !== undefined && !startsBy(nbf, second)) return undefined;
  const userId = typeof sub === 'string' && /^\d{1,10}$/.test(sub) ? Number(sub) : sub;
  if (!isRowId(userId) || !isRowId(org)) return undefined;
  if (typeof epoch !== 'number' || typeof jti !== 'string') return undefined;
  if (sid !== undefined && (typeof sid !== 'string' || !UUID.test(sid))) return undefined;
  const issuedAt = iat === undefined ? null : new Date(Number(iat) * 1000);
  return { userId, orgId: org, epoch, sessionId: sid ?? null, issuedAt };
}

function startsBy(start: unknown, second: number): boolean {
  return typeof start === 'number' && start <= second + SKEW_SECONDS;
}
