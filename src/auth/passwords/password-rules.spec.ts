import { describe, expect, it } from 'vitest';
import { passwordProblem } from './password-rules.js';

const PERSON = { email: 'ada.acme@acme-roofing.test', fullName: 'Ada Acme', company: 'Acme Roofing Inc.' };

describe('A password', () => {
  it.each([
    'ladder-shingle-42',
    'eight ch',
    'x'.repeat(128),
    'ßüçé漢字かな',
    'Zx9$kLmQ',
    '  gravel moss  ',
    '🏠🔨🪜🌧️🧱🪟🚪🛠️',
  ])('may be %j', (password) => {
    expect(passwordProblem(password, PERSON)).toBeUndefined();
  });

  it.each([
    { password: '', problem: 'at least 8' },
    { password: 'ladders', problem: 'at least 8' },
    { password: '🏠'.repeat(7), problem: 'at least 8' },
    { password: 'x'.repeat(129), problem: 'at most 128' },
    { password: '        ', problem: 'blank' },
    { password: 'password', problem: 'most common' },
    { password: 'QWERTY123', problem: 'most common' },
    { password: 'qazwsxedc', problem: 'most common' },
    { password: 'Passw0rd!', problem: 'too easy to guess' },
    { password: 'Welcome1!', problem: 'too easy to guess' },
    { password: 'aaaaaaaa', problem: 'too easy to guess' },
    { password: 'ab1!'.repeat(12), problem: 'too easy to guess' },
    { password: '19850312', problem: 'too easy to guess' },
    { password: 'jessica2019', problem: 'too easy to guess' },
    { password: 'Summer2026!', problem: 'too easy to guess' },
    { password: 'January2027!', problem: 'too easy to guess' },
    { password: 'PeakPro2026!', problem: 'too easy to guess' },
    { password: 'S3cret123!', problem: 'too easy to guess' },
  ])('may not be $password', ({ password, problem }) => {
    expect(passwordProblem(password)).toContain(problem);
  });

  it.each([
    { what: 'the own e-mail address', password: 'ada.acme@acme-roofing.test' },
    { what: 'what stands before its @, with a year', password: 'Ada.Acme2026' },
    { what: 'the name of the company', password: 'acme roofing inc' },
    { what: 'the name of the company with a year', password: 'AcmeRoofingInc2026!' },
    { what: 'the own name', password: 'Ada-Acme-1' },
  ])('may not be $what', ({ password }) => {
    expect(passwordProblem(password, PERSON)).toBe(
      'password must not be made of the e-mail address, the name or the company',
    );
  });

  it('may hold the name of a company that is not the own (so the facts above are not vacuous)', () => {
    expect(passwordProblem('acme roofing inc', { company: 'Gutters and More' })).toBeUndefined();
  });
});
