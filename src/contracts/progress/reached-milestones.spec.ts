import { describe, expect, it } from 'vitest';
import { movedMilestones } from './reached-milestones.js';

const entries = (...names: (string | null)[]) => [
  { number: 1, kind: 'deposit' as const, sequence: 1, milestone: null },
  ...names.map((milestone, index) => ({
    number: index + 2,
    kind: 'progress' as const,
    sequence: index + 1,
    milestone,
  })),
];
const DAY = '2026-03-02';
const move = (before: (string | null)[], after: (string | null)[], ...reached: number[]): number[] =>
  movedMilestones(
    7,
    { before: entries(...before), after: entries(...after) },
    reached.map((sequence) => ({ sequence, reachedOn: DAY })),
  ).map(({ sequence }) => sequence);

describe('Milestones that were reached, in a schedule that is set anew,', () => {
  it.each([
    ['stay where they are', ['Dry', 'Shingled'], ['Dry', 'Shingled'], [1], [1]],
    ['go with their entry', ['Dry'], ['Started', null, 'Dry'], [1], [3]],
    ['change places', ['Dry', 'Shingled'], ['Shingled', 'Dry'], [1, 2], [2, 1]],
    ['of one name keep their order', ['Floor', 'Floor'], ['Roof', 'Floor', 'Floor'], [2], [3]],
    ['are none where no entry has one', [null], ['Dry'], [1, 2], []],
  ])('%s', (_what, before, after, reached, moved) => {
    expect(move(before, after, ...reached)).toEqual(moved);
  });

  it('are not left out', () => {
    expect(() => move(['Started', 'Dry'], ['Started'], 2)).toThrow(
      'The milestone "Dry" of entry 3 of proposal 7 was reached.',
    );
    expect(() => move(['Floor', 'Floor'], ['Floor'], 2)).toThrow('entry 3');
  });
});
