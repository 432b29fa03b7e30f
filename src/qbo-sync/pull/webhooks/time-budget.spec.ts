import { describe, expect, it } from 'vitest';
import { OverBudget, withinBudget } from './time-budget.js';

describe('A time budget', () => {
  it('gives what was done in time', async () => {
    expect(await withinBudget(1000, async (isOver) => isOver())).toBe(false);
  });

  it('gives the failure of what failed in time', async () => {
    const failing = withinBudget(1000, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
  });

  it('waits no longer, and lets the work know', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen: boolean[] = [];
    const work = async (isOver: () => boolean): Promise<void> => {
      await promise;
      seen.push(isOver());
    };
    await expect(withinBudget(10, work)).rejects.toThrow(OverBudget);
    resolve();
    await promise;
    expect(seen).toEqual([true]);
  });

  it('leaves a failure that comes too late to nobody', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    await expect(withinBudget(10, () => promise)).rejects.toThrow(OverBudget);
    reject(new Error('too late to matter'));
    await expect(promise).rejects.toThrow('too late');
  });
});
