import type { UserRole } from './permissions.js';

/** Who is calling, as far as the token proves it. `orgId` is the only source of the tenant. */
export interface AuthenticatedUser {
  readonly userId: number;
  readonly orgId: number;
  readonly roles: readonly UserRole[];
}
