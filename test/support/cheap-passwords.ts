import { hash } from '@node-rs/argon2';
import type { PersonFacts } from '../../src/auth/passwords/password-rules.js';
import { PasswordsService } from '../../src/auth/passwords/passwords.service.js';

/** Of everybody whom tests add. */
export const PASSWORD = 'ladder-shingle-42';

/** Hashes at a hundredth of the cost. */
export class CheapPasswordsService extends PasswordsService {
  override async hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), { memoryCost: 64, timeCost: 1, parallelism: 1 });
  }

  /** That of everybody whom tests add need not be judged each time. */
  override async hashNew(
    password: string,
    person: PersonFacts,
    setter: string,
    field?: string,
  ): Promise<string> {
    return password === PASSWORD ? this.hash(password) : super.hashNew(password, person, setter, field);
  }
}
