import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { decrypt, encrypt } from '../../platform/encryption/encryption.js';
import { DomainError, invalid } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import { AccountNoticesService } from '../account/mail/account-notices.service.js';
import { AccountMailsRepository } from '../account/mail/account-mails.repository.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { UsersRepository } from '../people/users.repository.js';
import { base32 } from './base32.js';
import { withoutSession } from './proof-refusals.js';
import { digitsIn, RECOVERY_BYTES, recoveryCodeIn, recoveryCodesOf } from './recovery-codes.js';
import { factorSecretPlace } from './second-factor-secret.js';
import { SecondFactorsRepository } from './second-factors.repository.js';
import { otpauthUri, stepOfCode, TOTP_SECRET_BYTES } from './totp.js';

/** What an authenticator app is given. Secret; shown while it is set up and never again. */
export interface OfferedFactor {
  /** In base32. */
  secret: string;
  otpauthUri: string;
}

/** Sets a person's own second factor up. It is asked for once a code has shown that the app has the secret. */
@Injectable()
export class SecondFactorSetupService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly mails: AccountMailsRepository,
    private readonly notices: AccountNoticesService,
    private readonly tokens: AccessTokensService,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a secret, in place of one that was not confirmed. Throws a conflict where a factor is on. One that is being
   * confirmed at this moment is not replaced: the app has it.
   */
  async begin({ userId, orgId, email }: SessionUser): Promise<OfferedFactor> {
    const secret = randomBytes(TOTP_SECRET_BYTES);
    const place = factorSecretPlace({ userId, orgId });
    const secretEncrypted = encrypt(secret.toString('base64url'), place, this.config.encryptionKeys);
    const kept = await this.dataSource.transaction(async (tx) => {
      await this.users.lock(tx, userId);
      return this.factors.keepPending(tx, { userId, orgId, secretEncrypted }, this.clock.now());
    });
    if (!kept) throw isOnAlready();
    return { secret: base32(secret), otpauthUri: otpauthUri(secret, email) };
  }

  /**
   * Turns the factor on with a code of the app, ends every other session of the person, and answers the recovery codes,
   * which nobody is shown again. Throws 422 for a wrong code, a conflict where nothing is being set up, and where the
   * session was ended meanwhile: who has it is maybe not who has the account.
   */
  async finish({ userId, orgId, sessionId }: SessionUser, typed: string): Promise<string[]> {
    return this.dataSource.transaction(async (tx) => {
      await this.users.lock(tx, userId);
      const now = this.clock.now();
      if (sessionId !== null && !(await this.sessions.isLive(tx, userId, sessionId, now))) {
        throw withoutSession();
      }
      const step = await this.stepOf(tx, userId, typed);
      await this.notices.assertRoom(tx, { orgId, id: userId }, 'self');
      const codes = recoveryCodesOf(randomBytes(RECOVERY_BYTES));
      const codeHashes = codes.map((code) => this.tokens.hashOf(recoveryCodeIn(code)!));
      await this.factors.turnOn(tx, userId, { step, codeHashes }, now);
      await this.sessions.endOthers(tx, userId, sessionId, now);
      await this.mails.insertFactorNotice(tx, 'second_factor_on', { userId, by: 'self' }, now);
      const deed = { action: 'second_factor.enabled', subject: `user:${userId}` } as const;
      await inOrganisation(orgId, () => this.audit.record(tx, orgId, deed));
      return codes;
    });
  }

  private async stepOf(tx: EntityManager, userId: number, typed: string): Promise<number> {
    const factor = await this.factors.find(tx, userId);
    if (!factor) throw isNotSetUp();
    if (factor.confirmedAt) throw isOnAlready();
    const secret = decrypt(factor.secretEncrypted, factorSecretPlace(factor), this.config.encryptionKeys);
    const now = this.clock.now();
    const step = stepOfCode(Buffer.from(secret, 'base64url'), digitsIn(typed) ?? '', now);
    if (step === undefined) {
      const message =
        'totp is wrong: send what the app shows now, and see that the clock of the phone is right';
      throw invalid([{ field: 'totp', message }]);
    }
    return step;
  }
}

function isOnAlready(): DomainError {
  const detail = 'The second factor is on. Turn it off first: POST /auth/totp/disable.';
  return new DomainError('conflict', 'totp_on', detail);
}

function isNotSetUp(): DomainError {
  const detail = 'No second factor is being set up. Begin with POST /auth/totp/setup.';
  return new DomainError('conflict', 'totp_not_set_up', detail);
}
