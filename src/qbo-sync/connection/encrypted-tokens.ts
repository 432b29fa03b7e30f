import type { TokenPair } from './token-response.js';

/** A pair of tokens as it is stored: sealed, with the instants at which each ends. */
export interface EncryptedTokens {
  accessTokenSealed: string;
  refreshTokenSealed: string;
  accessExpiresAt: Date;
  refreshExpiresAt: Date | null;
  refreshHardExpiresAt: Date | null;
}

/** Seals a pair received at an instant. A life that Intuit did not tell stays unknown. */
export function encryptedTokens(
  pair: TokenPair,
  receivedAt: Date,
  seal: (column: 'access_token_sealed' | 'refresh_token_sealed', token: string) => string,
): EncryptedTokens {
  const after = (seconds: number): Date => new Date(receivedAt.getTime() + seconds * 1000);
  return {
    accessTokenSealed: seal('access_token_sealed', pair.accessToken),
    refreshTokenSealed: seal('refresh_token_sealed', pair.refreshToken),
    accessExpiresAt: after(pair.accessSeconds),
    refreshExpiresAt: pair.refreshSeconds === null ? null : after(pair.refreshSeconds),
    refreshHardExpiresAt: pair.refreshHardSeconds === null ? null : after(pair.refreshHardSeconds),
  };
}
