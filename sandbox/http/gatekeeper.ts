/** What the API's front door asks about a bearer token; the OAuth side answers. */
export interface Gatekeeper {
  /** `wrong_realm`: a good token, granted for another company. */
  check(bearer: string, realmId: string): 'ok' | 'expired' | 'unknown' | 'revoked' | 'wrong_realm';
  /** The app the token was issued to: one of the two keys of the per-second limit. */
  clientOf(bearer: string): string;
}
