import { COMMON_PASSWORDS } from './common-passwords.js';

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 128;

/**
 * What is wrong with a password someone wants to have, or undefined. Pure.
 * Length counts characters as people see them typed; any character is welcome; nothing is trimmed or cut off.
 */
export function passwordProblem(password: string): string | undefined {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH_MIN) return `password must have at least ${PASSWORD_LENGTH_MIN} characters`;
  if (length > PASSWORD_LENGTH_MAX) return `password must have at most ${PASSWORD_LENGTH_MAX} characters`;
  if (COMMON_PASSWORDS.has(password.toLowerCase())) return 'password is one of the most common ones';
  return undefined;
}
