import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { decrypt, encrypt, EncryptionError } from '../../platform/encryption/encryption.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import { AccountMailsRepository } from '../account/mail/account-mails.repository.js';
import type { User } from '../people/user.js';
import { CodeThrottleService } from './code-throttle.service.js';
import { digitsIn, recoveryCodeIn } from './recovery-codes.js';
import { factorSecretPlace } from './second-factor-secret.js';
import { type SecondFactor, SecondFactorsRepository } from './second-factors.repository.js';
import { firstPressSince } from '../sessions/two-presses.js';
import { stepOfCode } from './totp.js';

/**
 * `none`: this person is asked for none. `missing`: a code has to be sent. `used`: it was right, and is not good again;
 * who sends a form twice sends one.
 */
export type FactorCheck = 'none' | 'missing' | 'wrong' | 'used' | 'right';

/** What came of a code that was sent. */
type CodeCheck = Exclude<FactorCheck, 'none' | 'missing'>;

/** Looks at the codes of people whose password was right. A code is good once. */
@Injectable()
export class SecondFactorsService {
  private readonly logger = new Logger(SecondFactorsService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly factors: SecondFactorsRepository,
    private readonly throttle: CodeThrottleService,
    private readonly mails: AccountMailsRepository,
    private readonly tokens: AccessTokensService,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** What a person has of a second factor; null for nothing, or one that is only being set up. */
  async find(userId: number, tx: EntityManager = this.dataSource.manager): Promise<SecondFactor | null> {
    const factor = await this.factors.find(tx, userId);
    return factor?.confirmedAt ? factor : null;
  }

  /**
   * Checks the second factor of a person whose password was right, and uses the code up: six digits of the app, or a
   * recovery code. Throws 429 where too many were wrong, and 503 where the secret cannot be decrypted.
   */
  async check(user: User, typed: string | undefined): Promise<FactorCheck> {
    const factor = await this.find(user.id);
    if (!factor) return 'none';
    if (typed === undefined || typed.trim() === '') return 'missing';
    await this.throttle.take(user.id);
    const result = await this.take(user, factor, typed);
    if (result === 'right') await this.throttle.clear(this.dataSource.manager, user.id);
    return result;
  }

  private async take(user: User, factor: SecondFactor, typed: string): Promise<CodeCheck> {
    const digits = digitsIn(typed);
    if (digits !== undefined) return this.takeDigits(user, factor, digits);
    const code = recoveryCodeIn(typed);
    return code === undefined ? 'wrong' : this.takeRecoveryCode(user, code);
  }

  /** The secret is encrypted with the first key again, so that an old key is needed no more. */
  private async takeDigits(user: User, factor: SecondFactor, digits: string): Promise<CodeCheck> {
    const secret = this.secretOf(user, factor);
    const step = stepOfCode(Buffer.from(secret, 'base64url'), digits, this.clock.now());
    if (step === undefined) return 'wrong';
    const secretEncrypted = encrypt(secret, factorSecretPlace(factor), this.config.encryptionKeys);
    const isTaken = await this.factors.takeStep(this.dataSource.manager, user.id, { step, secretEncrypted });
    return isTaken ? 'right' : 'used';
  }

  private async takeRecoveryCode({ id, orgId }: User, code: string): Promise<CodeCheck> {
    const codeHash = this.tokens.hashOf(code);
    return this.dataSource.transaction(async (tx) => {
      const now = this.clock.now();
      if (!(await this.factors.takeRecoveryCode(tx, id, codeHash, now)))
        return (await this.factors.hasUsedRecoveryCode(tx, id, codeHash, firstPressSince(now)))
          ? 'used'
          : 'wrong';
      const left = (await this.factors.find(tx, id))?.codesLeft ?? 0;
      await this.mails.insertFactorNotice(tx, 'recovery_code_used', { userId: id, by: 'self' }, now);
      const deed = { action: 'second_factor.recovery_code_used', subject: `user:${id}`, userId: id } as const;
      await inOrganisation(orgId, () => this.audit.record(tx, orgId, { ...deed, after: { left } }));
      return 'right';
    });
  }

  private secretOf(user: User, factor: SecondFactor): string {
    try {
      return decrypt(factor.secretEncrypted, factorSecretPlace(factor), this.config.encryptionKeys);
    } catch (error) {
      if (!(error instanceof EncryptionError)) throw error;
      this.logger.error({ err: error, userId: user.id }, 'The secret of a second factor cannot be decrypted');
      throw unreadable();
    }
  }
}

function unreadable(): DomainError {
  return new DomainError(
    'unavailable',
    'second_factor_unreadable',
    'Codes of the app cannot be checked at the moment. Use a recovery code, or tell whoever runs this PeakPro CRM.',
  );
}
