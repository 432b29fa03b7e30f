import { describe, expect, it } from 'vitest';
import { PasswordHashSemaphoreService } from './password-hash-semaphore.service.js';

/** Asks for a turn for each of these accounts, one after the other, and answers in which order they had theirs. */
async function served(keys: readonly string[], options: Record<string, { first: boolean }> = {}) {
  const semaphore = new PasswordHashSemaphoreService();
  const order: string[] = [];
  const work = (key: string) => async () => {
    await Promise.resolve();
    order.push(key);
  };
  await Promise.all(keys.map((key) => semaphore.pass(key, work(key), options[key])));
  return order;
}

const guesses = (count: number): string[] => Array.from({ length: count }, () => 'guessed at');

describe('The queue for hashing passwords', () => {
  it('lets nobody wait for those who guess at somebody else', async () => {
    const order = await served([...guesses(60), 'honest']);
    expect(order).toHaveLength(61);
    expect(order.indexOf('honest')).toBeLessThan(6);
  });

  it('serves who signed in from there before ahead of all others', async () => {
    const crowd = Array.from({ length: 40 }, (_, n) => `guessed at ${n}`);
    const order = await served([...crowd, 'honest'], { honest: { first: true } });
    expect(order.indexOf('honest')).toBeLessThan(4);
  });

  it('sends away who finds the queue of that account full, and nobody else', async () => {
    const semaphore = new PasswordHashSemaphoreService();
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const inside = Array.from({ length: 102 }, () => semaphore.pass('guessed at', () => gate));
    await expect(semaphore.pass('guessed at', () => gate)).rejects.toThrow('Too many people sign in');
    const honest = semaphore.pass('honest', () => gate);
    open();
    await Promise.all([...inside, honest]);
    expect(semaphore.isBusy).toBe(false);
  });
});
