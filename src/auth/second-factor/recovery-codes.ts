import { base32 } from './base32.js';

const CODES = 10;
/** 80 bits: with so many a plain hash is as good as one that is slow. */
const CODE_BYTES = 10;

/** How much randomness the codes of one person take. */
export const RECOVERY_BYTES = CODES * CODE_BYTES;

/** Ten codes out of random bytes, as they are shown: `ab2c-d3ef-gh4j-k5lm`. Pure. */
export function recoveryCodesOf(random: Uint8Array): string[] {
  return Array.from({ length: CODES }, (_, place) => {
    const bytes = random.subarray(place * CODE_BYTES, (place + 1) * CODE_BYTES);
    return base32(bytes).toLowerCase().match(/.{4}/g)!.join('-');
  });
}

/** What of a recovery code counts, however it was typed; undefined for what is none. Pure. */
export function recoveryCodeIn(typed: string): string | undefined {
  const code = typed.replaceAll(/[\s-]/g, '').toLowerCase();
  return /^[a-z2-7]{16}$/.test(code) ? code : undefined;
}

/** The six digits in what was typed, which apps show in two groups; undefined where there are none. Pure. */
export function digitsIn(typed: string): string | undefined {
  const digits = typed.replaceAll(/\s/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}
