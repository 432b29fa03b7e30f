import { DomainError } from '../../platform/errors/domain-error.js';

/** Who just proved who they are has no session any more: it was ended, or the password replaced, meanwhile. Pure. */
export function withoutSession(): DomainError {
  const detail = 'There is no session of yours that could be confirmed. Sign in again.';
  return new DomainError('conflict', 'session_unknown', detail);
}
