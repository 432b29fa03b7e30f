import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a fact: asks every 25 ms until the check stops throwing. After `withinMs` the last failure is thrown. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs: number, everyMs = 25): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(everyMs);
    }
  }
}

/** How long something took, in milliseconds, beside what it answered. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, ms: performance.now() - startedAt };
}

/**
 * Does something so many times a second, whatever becomes of the one before: a slow answer delays no later one, so that
 * slowness shows. Answers when all have ended.
 */
export async function atRate<T>(
  perSecond: number,
  count: number,
  act: (index: number) => Promise<T>,
): Promise<T[]> {
  const startedAt = performance.now();
  const acts: Promise<T>[] = [];
  for (let index = 0; index < count; index += 1) {
    const waitMs = startedAt + (index * 1000) / perSecond - performance.now();
    if (waitMs > 1) await pause(waitMs);
    acts.push(act(index));
  }
  return Promise.all(acts);
}

/** Does the same for each, so many at a time, and answers in their order. */
export async function inLanes<In, Out>(
  lanes: number,
  items: readonly In[],
  act: (item: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const answers: Out[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      answers[index] = await act(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return answers;
}
