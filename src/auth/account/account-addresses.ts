/** The pages on which people look after their own account. */
export const ACCOUNT_PATH = '/auth/account';
/** Where a person who is signed in proves again who they are. */
export const CONFIRMATION_PATH = '/auth/account/confirm';
/** Where a browser goes on in another organisation of its person. */
export const SWITCH_PATH = '/auth/account/switch';
export const SECOND_FACTOR_PATH = '/auth/account/second-factor';
export const FORGOTTEN_PATH = '/auth/forgotten-password';
export const NEW_PASSWORD_PATH = '/auth/new-password';
/** The second step of a sign-in with a browser. */
export const CODE_PATH = '/auth/sign-in/code';
export const INVITATION_PATH = '/auth/invitation';

/** Where a mailed link to a new password leads. Pure. */
export function resetAddress(publicUrl: string, token: string): string {
  return `${publicUrl}${newPasswordPath(token)}`;
}

/** Where a mailed invitation leads. Pure. */
export function invitationAddress(publicUrl: string, token: string): string {
  return `${publicUrl}${invitationPath(token)}`;
}

/**
 * The address of the page, and of its form: what refuses a password there leaves the browser at it, and a tab that is
 * put away and loaded anew finds the form again. Pure.
 */
export function newPasswordPath(token: string): string {
  return `${NEW_PASSWORD_PATH}?token=${encodeURIComponent(token)}`;
}

/** As of a new password. Pure. */
export function invitationPath(token: string): string {
  return `${INVITATION_PATH}?token=${encodeURIComponent(token)}`;
}
