import { describe, expect, it } from 'vitest';
import { passwordProblem } from './password-rules.js';

describe('A password', () => {
  it.each(['ladder-shingle-42', 'eight ch', 'x'.repeat(128), 'ßüçé漢字かな', '🏠'.repeat(8), '        '])(
    'may be %j',
    (password) => {
      expect(passwordProblem(password)).toBeUndefined();
    },
  );

  it.each([
    { password: '', problem: 'at least 8' },
    { password: 'ladders', problem: 'at least 8' },
    { password: '🏠'.repeat(7), problem: 'at least 8' },
    { password: 'x'.repeat(129), problem: 'at most 128' },
    { password: 'password', problem: 'most common' },
    { password: 'QWERTY123', problem: 'most common' },
  ])('may not be $password', ({ password, problem }) => {
    expect(passwordProblem(password)).toContain(problem);
  });
});
