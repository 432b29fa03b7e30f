import type { MeView } from './auth.dto.js';
import type { User } from './user.entity.js';
import { roleNames } from './permissions.js';
import type { UserView } from './user-view.dto.js';

/** Shows a person to themselves. */
export function meView(user: User): MeView {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    org_id: user.orgId,
    is_active: user.isActive,
    roles: roleNames(user.roles),
  };
}

/** Shows a person to an admin. */
export function userView(user: User): UserView {
  return Object.assign(meView(user), { created_at: user.createdAt.toISOString() });
}
