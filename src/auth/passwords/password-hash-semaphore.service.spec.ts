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

  it('lets nobody wait for a program that signs in without end from where it did before', async () => {
    const program = Array.from({ length: 60 }, (_, n) => `program ${n % 3}`);
    const known = Object.fromEntries(program.map((key) => [key, { first: true }]));
    const order = await served([...program, 'stranger', 'another'], known);
    expect(order.indexOf('stranger')).toBeLessThan(4);
    expect(order.indexOf('another')).toBeLessThan(6);
  });

  it('has room for others however many wait who signed in from there before', async () => {
    const semaphore = new PasswordHashSemaphoreService();
    const program = Array.from({ length: 540 }, (_, n) =>
      semaphore.pass(`program ${n % 6}`, async () => {}, { first: true }),
    );
    const stranger = semaphore.pass('stranger', async () => 'signed in');
    expect(await Promise.all([stranger, ...program])).toContain('signed in');
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
