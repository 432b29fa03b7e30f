import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { SessionUser } from '../../auth/access/authenticated-users.service.js';
import { assertRecentProof } from '../../auth/access/step-up-refusal.js';
import { ownFactorMissing } from '../../auth/second-factor/factor-missing.js';
import { SecondFactorsService } from '../../auth/second-factor/second-factors.service.js';
import { Clock } from '../../platform/time/clock.js';
import type { SecondFactorSetting } from '../org.entity.js';
import { OrgsRepository } from '../orgs.repository.js';

/** Says whether an organisation lets people in who have no second factor; the next call of each is asked by it. */
@Injectable()
export class SecondFactorDutyService {
  constructor(
    private readonly orgs: OrgsRepository,
    private readonly factors: SecondFactorsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Part of the caller's transaction. Throws a conflict where somebody without a factor would require one, who would
   * shut themselves out; and where it would change without a recent proof of who asks: whoever got hold of a session
   * would turn it off for everybody.
   */
  async change(
    tx: EntityManager,
    { orgId, userId, confirmedAt }: SessionUser,
    setting: SecondFactorSetting,
  ): Promise<void> {
    if (setting === 'required' && !(await this.factors.find(userId, tx))) throw ownFactorMissing();
    const { secondFactor: before } = await this.orgs.get(tx, orgId);
    if (before === setting) return;
    assertRecentProof(confirmedAt, this.clock.now());
    if (!(await this.orgs.setSecondFactor(tx, orgId, setting))) return;
    await this.audit.record(tx, orgId, {
      action: 'settings.updated',
      subject: `org:${orgId}`,
      before: { second_factor: before },
      after: { second_factor: setting },
    });
  }
}
