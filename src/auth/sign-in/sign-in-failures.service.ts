import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import type { User } from '../people/user.js';

/** What somebody proves who they are for. */
export type Occasion = 'sign_in' | 'confirmation' | 'invitation';

const ACTION = {
  sign_in: 'sign_in.failed',
  confirmation: 'sign_in.confirmation_failed',
  invitation: 'sign_in.failed',
} as const;

/**
 * Writes down sign-ins that failed, of people there are. Nobody waits for it: else the time an answer takes would tell
 * which addresses are known. An address that is not known belongs to no organisation; its line is in the log.
 */
@Injectable()
export class SignInFailuresService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(SignInFailuresService.name);
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** In the organisation of the person as they are given. */
  note(
    { id, orgId, email }: User,
    reason: 'wrong password' | 'disabled' | 'another organisation' | 'wrong code',
    occasion: Occasion = 'sign_in',
  ): void {
    const deed = { action: ACTION[occasion], subject: `user:${id}`, after: { email, reason } } as const;
    const written = inOrganisation(orgId, () => this.audit.record(this.dataSource.manager, orgId, deed))
      .catch((error: unknown) =>
        this.logger.error({ err: error }, 'A failed sign-in could not be written down'),
      )
      .finally(() => this.pending.delete(written));
    this.pending.add(written);
  }
}
