/** The pages on which people look after their own account. */
export const ACCOUNT_PATH = '/auth/account';
export const FORGOTTEN_PATH = '/auth/forgotten-password';
export const NEW_PASSWORD_PATH = '/auth/new-password';

/** Where a mailed link to a new password leads. Pure. */
export function resetAddress(publicUrl: string, token: string): string {
  return `${publicUrl}${NEW_PASSWORD_PATH}?token=${encodeURIComponent(token)}`;
}
