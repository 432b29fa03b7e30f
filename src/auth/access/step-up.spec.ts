import { describe, expect, it } from 'vitest';
import { isProofRecent, stepUpEnds } from './step-up.js';

const PROVED = new Date('2026-03-02T17:00:00Z');
const after = (seconds: number): Date => new Date(PROVED.getTime() + seconds * 1000);

describe('A proof of who somebody is', () => {
  it.each([
    [0, true],
    [899, true],
    [900, false],
    [86_400, false],
    [-20, true], // by the clock of another replica
  ])('opens routes that want one after %i seconds: %s', (seconds, opens) => {
    expect(isProofRecent(PROVED, after(seconds))).toBe(opens);
  });

  it('says until when', () => {
    expect(stepUpEnds(PROVED)).toEqual(after(900));
  });
});
