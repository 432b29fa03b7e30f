import { DomainError } from '../../platform/errors/domain-error.js';
import { ACCOUNT_PATH, CONFIRMATION_PATH } from '../account/account-addresses.js';
import { isProofRecent } from './step-up.js';

export const STEP_UP_CODE = 'reauthentication_required';
export const STEP_UP_DETAIL =
  'This wants a proof of who you are from the last 15 minutes. Call POST /auth/confirm with your password, and totp ' +
  'where you have a second factor; then send the same again.';

/** What opens a page, as far as it decides where a browser goes. */
export interface OpenedPage {
  method: string;
  url: string;
  headers: { referer?: string };
}

/**
 * The proof is too old. A browser that opens a page is led to the confirmation and back to what it opened, one that
 * sent a form to the page with the form. Pure.
 */
export function proofTooOld(page?: OpenedPage): DomainError {
  return new DomainError(
    'forbidden',
    STEP_UP_CODE,
    STEP_UP_DETAIL,
    undefined,
    page ? { leadsTo: `${CONFIRMATION_PATH}?return_to=${encodeURIComponent(pageOf(page))}` } : {},
  );
}

/** Throws that where the last proof is too old. Pure. */
export function assertRecentProof(confirmedAt: Date, now: Date, page?: OpenedPage): void {
  if (!isProofRecent(confirmedAt, now)) throw proofTooOld(page);
}

function pageOf({ method, url, headers: { referer = '' } }: OpenedPage): string {
  if (method === 'GET') return url;
  return URL.canParse(referer) ? new URL(referer).pathname : ACCOUNT_PATH;
}
