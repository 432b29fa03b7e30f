import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { invalid } from '../../platform/errors/domain-error.js';
import { NOBODYS_HASH } from './nobodys-hash.js';
import { PasswordHashSemaphoreService } from './password-hash-semaphore.service.js';
import { passwordProblem, type PersonFacts } from './password-rules.js';

/** OWASP's second choice for argon2id; the library's default algorithm is argon2id. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Turns passwords into hashes and compares them. Whole passwords count, however long, in Unicode form NFC: one keyboard
 * sends é as one character and another as two.
 */
@Injectable()
export class PasswordsService {
  private lastMs = 30;

  constructor(private readonly semaphore: PasswordHashSemaphoreService) {}

  /**
   * The PHC string to store, of the password in form NFC. `setter` is who sets it, an organisation or a person: each
   * has a queue of its own, so that nobody waits for one that sets hundreds.
   */
  async hash(password: string, setter: string): Promise<string> {
    return this.semaphore.pass(`set by ${setter}`, () => hash(password.normalize('NFC'), ARGON2ID));
  }

  /** The same for one that somebody chose. Throws 422 for this field where it breaks the rules. */
  async hashNew(password: string, person: PersonFacts, setter: string, field = 'password'): Promise<string> {
    const problem = passwordProblem(password, person);
    if (problem !== undefined) throw invalid([{ field, message: problem }]);
    return this.hash(password, setter);
  }

  /**
   * True when it is the password of this hash. Takes the same time where there is no hash, so that an unknown person
   * is not told from a wrong password. Hashes from before passwords were brought into one form hold the form that was
   * typed: that one is tried too. The caller is inside the semaphore already.
   */
  async matches(password: string, passwordHash: string | undefined): Promise<boolean> {
    const begunAt = performance.now();
    const forms = formsOf(password);
    let matched = false;
    for (const form of forms) matched ||= await verify(passwordHash ?? NOBODYS_HASH, form);
    this.lastMs = (performance.now() - begunAt) / forms.length;
    return passwordHash !== undefined && matched;
  }

  /** Takes as long as a comparison of this password would by the last one, without its work. */
  async pretend(password: string): Promise<void> {
    await pause(this.lastMs * formsOf(password).length);
  }
}

/** The forms in which a password may have been hashed: NFC, and the other one where there is a difference. */
function formsOf(password: string): string[] {
  const composed = password.normalize('NFC');
  const other = password === composed ? password.normalize('NFD') : password;
  return other === composed ? [composed] : [composed, other];
}
