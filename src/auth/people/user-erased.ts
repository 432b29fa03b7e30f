import { DomainError } from '../../platform/errors/domain-error.js';
import type { User } from './user.js';

/** Refuses what is wanted of a person whom the organisation was made to forget. Pure. */
export function userErased({ id }: Pick<User, 'id'>): DomainError {
  const detail = `Person ${id} was erased. Who comes back is invited: POST /users/invite.`;
  return new DomainError('conflict', 'user_erased', detail);
}
