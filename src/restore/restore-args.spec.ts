import { describe, expect, it } from 'vitest';
import { readRestoreArgs } from './restore-args.js';

describe('npm run restore:reconcile', () => {
  it.each([
    ['4711', 4711],
    ['0', 0],
  ])('takes --above %s', (above, number) => {
    expect(readRestoreArgs({ above })).toEqual({ above: number });
  });

  it.each([undefined, '', ' ', 'CRM-7', '7.5', '-1', '0x10', '1e3', ' 7'])(
    'says what is meant where --above is %s',
    (above) => {
      expect(() => readRestoreArgs({ above })).toThrow('the highest number after CRM- among');
    },
  );
});
