import { describe, expect, it } from 'vitest';
import { PasswordHashSemaphoreService } from './password-hash-semaphore.service.js';
import { PasswordsService } from './passwords.service.js';

describe('Passwords that are set', () => {
  it('do not wait for an organisation that sets hundreds', async () => {
    const passwords = new PasswordsService(new PasswordHashSemaphoreService());
    let answered = 0;
    const flood = Array.from({ length: 20 }, async () => {
      await passwords.hash('ladder-shingle-42', 'org:1');
      answered += 1;
    });
    const other = passwords.hash('ladder-shingle-42', 'org:2').then(() => answered);
    expect(await other).toBeLessThan(8);
    await Promise.all(flood);
  });
});
