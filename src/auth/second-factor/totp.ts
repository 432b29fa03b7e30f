import { createHmac, timingSafeEqual } from 'node:crypto';
import { base32 } from './base32.js';

/** As RFC 4226 wants it: as long as the hash. */
export const TOTP_SECRET_BYTES = 20;
const STEP_SECONDS = 30;
const DIGITS = 6;
/** A phone's clock may be wrong by so many steps, either way. */
const STEPS_ASIDE = 1;
const ISSUER = 'PeakPro CRM';

/** The code of a counter, by HMAC-SHA-1 as RFC 4226 has it. Pure. */
export function hotp(secret: Uint8Array, counter: number, digits = DIGITS): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(moving).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 0xf) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The step of thirty seconds in which this instant is, as RFC 6238 counts them. Pure. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / STEP_SECONDS);
}

/**
 * The step that a code is of, among this one and its neighbours; undefined for a wrong code, and for one that is not
 * later than the last that was used (null: none was). Pure.
 */
export function stepOfCode(
  secret: Uint8Array,
  code: string,
  { now, lastStep }: { now: Date; lastStep: number | null },
): number | undefined {
  const typed = Buffer.from(code);
  const current = totpStep(now);
  for (let step = current - STEPS_ASIDE; step <= current + STEPS_ASIDE; step += 1) {
    const expected = Buffer.from(hotp(secret, step));
    const fits = typed.length === expected.length && timingSafeEqual(typed, expected);
    if (fits && (lastStep === null || step > lastStep)) return step;
  }
  return undefined;
}

/** What an authenticator app is set up with: the address that a link or a QR code holds. Pure. */
export function otpauthUri(secret: Uint8Array, email: string): string {
  const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(email)}`;
  const issuer = encodeURIComponent(ISSUER);
  const rules = `algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${issuer}&${rules}`;
}
