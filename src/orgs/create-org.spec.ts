import { describe, expect, it } from 'vitest';
import { UsageError } from '../platform/command-line.js';
import { readNewOrg } from './create-org.js';

const GIVEN = { name: ' Acme Roofing ', email: 'owner@acme.test', password: 'ladder-shingle-42' };

describe('The arguments of org:create', () => {
  it('name the organisation and its first admin', () => {
    expect(readNewOrg(GIVEN)).toEqual({
      name: 'Acme Roofing',
      email: 'owner@acme.test',
      password: 'ladder-shingle-42',
      fullName: 'owner',
    });
  });

  it('may name the admin in full', () => {
    expect(readNewOrg({ ...GIVEN, 'full-name': 'Ada Acme' }).fullName).toBe('Ada Acme');
  });

  it('are missed all at once', () => {
    expect(() => readNewOrg({})).toThrow(
      new UsageError('--name is missing\n--email is missing\n--password is missing'),
    );
  });

  it.each([
    { change: { name: 'x'.repeat(201) }, problem: '--name must have at most 200 characters' },
    { change: { email: 'owner' }, problem: '--email is not an e-mail address' },
    { change: { password: 'short' }, problem: '--password must have at least 8 characters' },
    { change: { password: 'password' }, problem: '--password is one of the most common ones' },
    { change: { password: 'acme-roofing' }, problem: '--password must not be made of the e-mail address' },
  ])('may not be odd: $problem', ({ change, problem }) => {
    expect(() => readNewOrg({ ...GIVEN, ...change })).toThrow(problem);
  });
});
