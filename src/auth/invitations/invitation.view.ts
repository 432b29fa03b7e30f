import type { Invitation } from './invitations.repository.js';
import type { InvitationView } from './invitation.dto.js';

/** Shows an invitation to an admin, without its token. Pure. */
export function invitationView(invitation: Invitation): InvitationView {
  return {
    id: invitation.id,
    email: invitation.email,
    full_name: invitation.fullName,
    roles: invitation.roles,
    invited_by: invitation.invitedBy,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
  };
}
