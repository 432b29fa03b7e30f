import { DomainError } from '../../platform/errors/domain-error.js';

export function invitationNotGood(): DomainError {
  return new DomainError(
    'bad_request',
    'invitation_not_good',
    'This invitation was accepted or taken back already, is too old, or is not whole. Ask for a new one.',
  );
}
