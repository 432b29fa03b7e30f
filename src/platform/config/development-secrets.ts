import type { Environment } from './environment.js';

/** What development signs and encrypts with where nothing else is set. Published, so worth nothing anywhere else. */
export const DEVELOPMENT_JWT_SECRET = 'development-only-secret-never-used-in-production';
export const DEVELOPMENT_ENCRYPTION_KEYS = `dev:${Buffer.alloc(32, 'development only').toString('base64')}`;

/** The variables whose secret is the published one: not set, or set to it. Pure. */
export function developmentSecrets({ JWT_SECRET_KEY, TOKEN_ENCRYPTION_KEYS }: Environment): string[] {
  const keys = TOKEN_ENCRYPTION_KEYS ?? DEVELOPMENT_ENCRYPTION_KEYS;
  return [
    ...((JWT_SECRET_KEY ?? DEVELOPMENT_JWT_SECRET) === DEVELOPMENT_JWT_SECRET ? ['JWT_SECRET_KEY'] : []),
    ...(keys.includes(DEVELOPMENT_ENCRYPTION_KEYS.slice('dev:'.length)) ? ['TOKEN_ENCRYPTION_KEYS'] : []),
  ];
}
