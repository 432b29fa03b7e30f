/** Checks the bearer token of an API call; implemented by the OAuth side. */
export interface AccessCheck {
  /** `wrong_realm`: a good token, granted for another company. */
  check(bearer: string, realmId: string): 'ok' | 'expired' | 'unknown' | 'revoked' | 'wrong_realm';
  /** The app the token was issued to: one of the two keys of the per-second limit. */
  clientOf(bearer: string): string;
}
