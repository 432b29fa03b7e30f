import type { MeView } from './auth.dto.js';
import type { SessionUser } from './authenticated-users.service.js';
import type { User } from './user.entity.js';
import { roleNames } from './permissions.js';
import type { UserView } from './user-view.dto.js';

/** Shows a caller to themselves; nobody calls who is not active. */
export function meView({ userId, email, fullName, orgId, company, roles }: SessionUser): MeView {
  return {
    id: userId,
    email,
    full_name: fullName,
    org_id: orgId,
    is_active: true,
    roles: [...roles],
    orgs: [{ id: orgId, name: company, roles: [...roles] }],
  };
}

/** Shows a person to an admin. */
export function userView(user: User): UserView {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    org_id: user.orgId,
    is_active: user.isActive,
    roles: roleNames(user.roles),
    created_at: user.createdAt.toISOString(),
  };
}
