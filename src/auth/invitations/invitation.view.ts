import type { MailedInvitation } from './invitations.repository.js';
import type { InvitationView } from './invitation.dto.js';

/** Shows an invitation and what became of its mail to an admin, without its token. Pure. */
export function invitationView(invitation: MailedInvitation): InvitationView {
  return {
    id: invitation.id,
    email: invitation.email,
    full_name: invitation.fullName,
    roles: invitation.roles,
    invited_by: invitation.invitedBy,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
    email_state: invitation.mailState,
    email_next_attempt_at: invitation.mailNextAttemptAt?.toISOString() ?? null,
    email_problem: invitation.mailProblem && `${invitation.mailProblem}.`,
  };
}
