import type { StoredSession } from '../sessions/session.entity.js';
import type { SessionView } from './session.dto.js';

/** Shows a session to the person it is of. Pure. */
export function sessionView(session: StoredSession, currentId: string | null): SessionView {
  return {
    id: session.id,
    kind: session.kind,
    org_id: session.orgId,
    current: session.id === currentId,
    begun_at: session.begunAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    ip: session.ip,
    user_agent: session.userAgent,
  };
}
