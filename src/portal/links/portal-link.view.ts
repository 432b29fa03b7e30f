import { linkState } from './link-life.js';
import type { PortalLink } from './portal-link.entity.js';
import type { EmailView, LinkView } from './portal-link.dto.js';

/** Shows how a link stands at this instant. */
export function linkView(link: PortalLink, now: Date): LinkView {
  return {
    link_id: link.id,
    state: linkState(link, now),
    created_by: link.createdBy,
    created_at: link.createdAt.toISOString(),
    expires_at: link.expiresAt.toISOString(),
    revoked_at: link.revokedAt?.toISOString() ?? null,
    last_viewed_at: link.lastViewedAt?.toISOString() ?? null,
    emailed_to: link.emailedTo,
    email_state: link.emailState,
    emailed_at: link.emailedAt?.toISOString() ?? null,
    email_attempts: link.emailAttempts,
    email_next_attempt_at:
      link.emailState === 'queued' ? (link.emailNextAttemptAt?.toISOString() ?? null) : null,
    email_problem: link.emailProblem,
  };
}

/** Shows a link that is to be e-mailed. */
export function emailView(link: PortalLink): EmailView {
  return {
    status: link.emailState === 'sent' ? 'sent' : 'queued',
    link_id: link.id,
    proposal_id: link.proposalId,
    emailed_to: link.emailedTo!,
    expires_at: link.expiresAt.toISOString(),
  };
}
