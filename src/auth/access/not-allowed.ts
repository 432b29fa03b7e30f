import { DomainError } from '../../platform/errors/domain-error.js';
import type { UserRole } from './permissions.js';

/** Who is signed in has none of the roles that a deed wants. Pure. */
export function notAllowed(allowed: readonly UserRole[]): DomainError {
  return new DomainError('forbidden', 'forbidden', `Only these roles may do this: ${allowed.join(', ')}.`);
}
