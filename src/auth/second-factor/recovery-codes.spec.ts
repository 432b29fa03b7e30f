import { describe, expect, it } from 'vitest';
import { digitsIn, RECOVERY_BYTES, recoveryCodeIn, recoveryCodesOf } from './recovery-codes.js';

describe('Recovery codes', () => {
  const codes = recoveryCodesOf(Uint8Array.from({ length: RECOVERY_BYTES }, (_, n) => (n * 37) % 256));

  it('are ten, all different, in groups that can be read out', () => {
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
  });

  it('count however they are typed', () => {
    const [code] = codes as [string];
    const bare = code.replaceAll('-', '');
    for (const typed of [code, bare, code.toUpperCase(), ` ${code.replaceAll('-', ' ')} `]) {
      expect(recoveryCodeIn(typed)).toBe(bare);
    }
  });

  it.each(['', '123456', 'ab2c-d3ef-gh4j', 'ab2c-d3ef-gh4j-k5l1', 'ab2c-d3ef-gh4j-k5lm-x'])(
    'are not %j',
    (typed) => {
      expect(recoveryCodeIn(typed)).toBeUndefined();
    },
  );

  it('are told from codes of the app, which are six digits', () => {
    expect([digitsIn('123 456'), digitsIn('12345'), digitsIn(codes[0]!)]).toEqual([
      '123456',
      undefined,
      undefined,
    ]);
  });
});
