import { DomainError } from '../../platform/errors/domain-error.js';
import { SECOND_FACTOR_PATH } from '../account/account-addresses.js';

const FACTOR_MISSING_CODE = 'second_factor_required';

/**
 * The organisation asks everybody for a second factor, and this person has none. A browser that asked for a page is led
 * to where one is set up. Pure.
 */
export function factorMissing(page?: object): DomainError {
  return new DomainError(
    'forbidden',
    FACTOR_MISSING_CODE,
    'Your organisation asks everybody for a second factor. Set yours up by POST /auth/totp/setup and ' +
      `POST /auth/totp/confirm, or in a browser at ${SECOND_FACTOR_PATH}; then send the same again.`,
    undefined,
    page ? { leadsTo: SECOND_FACTOR_PATH } : {},
  );
}

/** Who has no second factor cannot ask one of everybody. Pure. */
export function ownFactorMissing(): DomainError {
  return new DomainError(
    'conflict',
    'second_factor_missing',
    'You have no second factor yourself, so you would shut yourself out. Set yours up first, by POST ' +
      `/auth/totp/setup and POST /auth/totp/confirm, or in a browser at ${SECOND_FACTOR_PATH}.`,
  );
}
