/** What a person may do. `admin` runs the organisation, `finance` the books, `sales` the offers; `viewer` looks. */
export const USER_ROLES = ['admin', 'finance', 'sales', 'viewer'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** Who is calling, as far as the token proves it. `orgId` is the only source of the tenant. */
export interface AuthenticatedUser {
  readonly userId: number;
  readonly orgId: number;
  readonly roles: readonly UserRole[];
}

/** The groups of roles that routes are open to. */
export const ADMINS = ['admin'] as const;
export const BOOKKEEPERS = ['admin', 'finance'] as const;
export const SELLERS = ['admin', 'finance', 'sales'] as const;
export const READERS = USER_ROLES;

/** The names of a person's roles, strongest first. */
export function roleNames(roles: readonly { id: number; name: UserRole }[]): UserRole[] {
  return roles.toSorted((one, other) => one.id - other.id).map((role) => role.name);
}
