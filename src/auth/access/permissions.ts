/** What a person may do. `admin` runs the organisation, `finance` the books, `sales` the offers; `viewer` looks. */
export const USER_ROLES = ['admin', 'finance', 'sales', 'viewer'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** The groups of roles that routes are open to, by `@Allow`. */
export const ADMINS = ['admin'] as const;
export const BOOKKEEPERS = ['admin', 'finance'] as const;
export const SELLERS = ['admin', 'finance', 'sales'] as const;
export const READERS = USER_ROLES;
