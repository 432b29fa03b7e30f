import type { UserRole } from '../access/permissions.js';

/**
 * A person in one of their organisations. Who they are and what they sign in with is the person's: the same everywhere.
 * Whether they are let in, and with which roles, is this organisation's.
 */
export interface User {
  id: number;
  /** The organisation. */
  orgId: number;
  email: string;
  fullName: string;
  /** PHC string of argon2id. */
  passwordHash: string;
  /** True of a password that an admin chose, who could sign in with it wherever the person is let in. */
  passwordByAdmin: boolean;
  /** True where this organisation lets them in. */
  isActive: boolean;
  /** True where this organisation was made to forget them: they come back by an invitation alone. */
  isErased: boolean;
  /** Tokens of an earlier epoch are worth nothing: it grows with a new password, and when they are let in no more. */
  tokenEpoch: number;
  /** True where a second factor is asked for at their sign-ins. */
  hasSecondFactor: boolean;
  /** Since when they are in this organisation. */
  createdAt: Date;
  /** What they may do in this organisation, strongest first. */
  roles: UserRole[];
}
