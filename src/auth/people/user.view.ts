import type { MeView } from '../auth.dto.js';
import type { OwnOrg } from './memberships.repository.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import type { User } from './user.js';
import type { UserView } from './user-view.dto.js';

/** Shows a caller to themselves, with the organisations that let them in; nobody calls who is not active. */
export function meView(
  { userId, email, fullName, orgId, roles }: SessionUser,
  orgs: readonly OwnOrg[],
): MeView {
  return {
    id: userId,
    email,
    full_name: fullName,
    org_id: orgId,
    is_active: true,
    roles: [...roles],
    orgs: orgs.map(({ id, name, roles: held }) => ({ id, name, roles: held })),
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
    roles: user.roles,
    second_factor: user.hasSecondFactor,
    created_at: user.createdAt.toISOString(),
  };
}
