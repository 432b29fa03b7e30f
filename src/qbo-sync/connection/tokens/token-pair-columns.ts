import type { TokenPair } from './token-response.js';
import { after } from '../../../platform/time/after.js';

/** A pair of tokens as it is stored: encrypted, with the instants at which each ends. */
export interface TokenPairColumns {
  accessTokenEncrypted: string;
  refreshTokenEncrypted: string;
  accessExpiresAt: Date;
  refreshExpiresAt: Date | null;
  refreshHardExpiresAt: Date | null;
}

/** Encrypts a pair received at an instant. An end that Intuit did not name stays unknown. */
export function tokenPairColumns(
  pair: TokenPair,
  receivedAt: Date,
  encrypt: (column: 'access_token_sealed' | 'refresh_token_sealed', token: string) => string,
): TokenPairColumns {
  const endsIn = (seconds: number): Date => after(receivedAt, seconds * 1000);
  return {
    accessTokenEncrypted: encrypt('access_token_sealed', pair.accessToken),
    refreshTokenEncrypted: encrypt('refresh_token_sealed', pair.refreshToken),
    accessExpiresAt: endsIn(pair.accessSeconds),
    refreshExpiresAt: pair.refreshSeconds === null ? null : endsIn(pair.refreshSeconds),
    refreshHardExpiresAt: pair.refreshHardSeconds === null ? null : endsIn(pair.refreshHardSeconds),
  };
}
