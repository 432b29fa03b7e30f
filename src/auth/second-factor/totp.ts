import { HOTP, TOTP } from 'otpauth';
import { secretOf } from './base32.js';

/** As RFC 4226 wants it: as long as the hash. */
export const TOTP_SECRET_BYTES = 20;
/** What every authenticator app can. */
const RULES = { algorithm: 'SHA1', digits: 6 };
const SIX_DIGITS = /^\d{6}$/;
const STEP_SECONDS = 30;
/** A phone's clock may be wrong by so many steps, either way. */
const STEPS_ASIDE = 1;
const ISSUER = 'PeakPro CRM';

/** The code of a counter, by HMAC-SHA-1 as RFC 4226 has it. Pure. */
export function hotp(secret: Uint8Array, counter: number, digits = RULES.digits): string {
  return HOTP.generate({ ...RULES, digits, secret: secretOf(secret), counter });
}

/** The step of thirty seconds in which this instant is, as RFC 6238 counts them. Pure. */
export function totpStep(at: Date): number {
  return TOTP.counter({ period: STEP_SECONDS, timestamp: at.getTime() });
}

/** The step that a code is of, among this one and its neighbours; undefined for a wrong code. Pure. */
export function stepOfCode(secret: Uint8Array, code: string, now: Date): number | undefined {
  if (!SIX_DIGITS.test(code)) return undefined; // the library throws for other letters
  const counter = totpStep(now);
  const key = { ...RULES, secret: secretOf(secret), counter };
  const delta = HOTP.validate({ ...key, token: code, window: STEPS_ASIDE });
  return delta === null ? undefined : counter + delta;
}

/** What an authenticator app is set up with: the address that a link or a QR code holds. Pure. */
export function otpauthUri(secret: Uint8Array, email: string): string {
  const facts = { issuer: ISSUER, label: email, period: STEP_SECONDS, secret: secretOf(secret) };
  return new TOTP({ ...RULES, ...facts }).toString();
}
