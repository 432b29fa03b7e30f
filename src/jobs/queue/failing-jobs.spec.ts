import { describe, expect, it } from 'vitest';
import { restMs } from './failing-jobs.js';

describe('The rest of a row whose job fails', () => {
  it('is none at first, and grows until finished jobs are forgotten', () => {
    expect([0, 1, 2, 3, 4, 5, 7, 8, 50].map(restMs)).toEqual([
      0, 0, 0, 30_000, 60_000, 120_000, 480_000, 480_000, 480_000,
    ]);
  });
});
