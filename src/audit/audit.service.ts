import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { correlation } from '../platform/correlation/correlation.js';
import { inOrganisation } from '../platform/database/scope/scope.js';
import { Clock } from '../platform/time/clock.js';
import type { Deed } from './audit-entry.js';
import { type AuditValues, changedValues, recordable } from './audit-values.js';
import { AuditRepository } from './audit.repository.js';

/**
 * Writes down what people do. Promise: an entry is there exactly when the change is, for both are of one transaction;
 * nobody changes or deletes it later, for the database refuses that.
 */
@Injectable()
export class AuditService {
  constructor(
    private readonly entries: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** Writes down one deed, as part of the transaction that does it. */
  async record(tx: EntityManager, orgId: number, deed: Deed): Promise<void> {
    const work = correlation();
    const actorId = deed.userId ?? (work?.actor?.orgId === orgId ? work.actor.userId : null);
    const entry = {
      orgId,
      at: this.clock.now(),
      actorId,
      action: deed.action,
      subject: deed.subject,
      proposalId: deed.proposalId ?? null,
      before: recordable(deed.before),
      after: recordable(deed.after),
      ip: work?.ip ?? null,
      requestId: work?.cause.requestId ?? null,
    };
    // A sign-in, for one, is nobody's work yet when it is written down.
    await inOrganisation(orgId, () => this.entries.insert(tx, entry));
  }

  /** The same for a change, with the values that differ; nothing where none does. */
  async recordChange(
    tx: EntityManager,
    orgId: number,
    deed: Omit<Deed, 'before' | 'after'>,
    before: AuditValues,
    after: AuditValues,
  ): Promise<void> {
    const changed = changedValues(before, after);
    if (changed) await this.record(tx, orgId, { ...deed, ...changed });
  }
}
