import { DomainError } from '../../platform/errors/domain-error.js';
import type { User } from '../people/user.js';
import type { Occasion } from './sign-in-failures.service.js';
import type { SignInTicket } from './sign-in-ticket.service.js';

/** E-mail or password does not fit: which, is not said. Pure. */
export function wrongCredentials(occasion: Occasion = 'sign_in'): DomainError {
  const detail = occasion === 'sign_in' ? 'E-mail or password is wrong.' : 'The password is wrong.';
  return new DomainError('unauthenticated', 'wrong_credentials', detail);
}

/** The password was right, and the code of the second factor is still to be sent. */
export class CodeNeededError extends DomainError {
  constructor(readonly ticket: SignInTicket) {
    super(
      'unauthenticated',
      'totp_required',
      'This account has a second factor. Send the same again with `totp`: the six digits of the app, or a recovery ' +
        'code.',
    );
  }
}

/** The code was right and is not good again; whether its form was only sent twice is to be looked at. */
export class CodeUsedError extends Error {
  constructor(readonly user: User) {
    super('A code of the second factor was used already');
  }
}

/** One sentence for a code that is wrong, too old, or was used. Pure. */
export function wrongCode(): DomainError {
  return new DomainError(
    'unauthenticated',
    'wrong_totp',
    'The code is wrong, too old, or was used already. Wait for the next one of the app, or use a recovery code.',
  );
}

/** The password was right too long ago, or the account changed since. Pure. */
export function ticketOver(): DomainError {
  const detail = 'Your password was checked too long ago. Please sign in once more.';
  return new DomainError('unauthenticated', 'sign_in_over', detail);
}
