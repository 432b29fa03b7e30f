/** The pages on which people look after their own account. */
export const ACCOUNT_PATH = '/auth/account';
export const FORGOTTEN_PATH = '/auth/forgotten-password';
export const NEW_PASSWORD_PATH = '/auth/new-password';
export const INVITATION_PATH = '/auth/invitation';

/** Where a mailed link to a new password leads. Pure. */
export function resetAddress(publicUrl: string, token: string): string {
  return `${publicUrl}${NEW_PASSWORD_PATH}?token=${encodeURIComponent(token)}`;
}

/** Where a mailed invitation leads. Pure. */
export function invitationAddress(publicUrl: string, token: string): string {
  return `${publicUrl}${INVITATION_PATH}?token=${encodeURIComponent(token)}`;
}
