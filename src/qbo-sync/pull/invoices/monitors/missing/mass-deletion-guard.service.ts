import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../../../../platform/time/clock.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { manyInvoicesGone } from '../../../../../messages/reasons/invoice-reasons.js';
import { isMassDeletion } from './mass-deletion.js';
import { after, DAY_MS } from '../../../../../platform/time/after.js';

const DECISION_HOLDS_MS = DAY_MS;

/**
 * Stands between "QuickBooks no longer has it" and "deleted", which is final. When too many of a company's invoices are
 * gone at once, the company was more likely reset or restored than that somebody deleted them: nothing is marked, and a
 * person decides.
 */
@Injectable()
export class MassDeletionGuardService {
  private readonly logger = new Logger(MassDeletionGuardService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * True when so many invoices may be marked deleted. Where not, it stands in the inbox, unless a person dismissed it
   * today.
   */
  async admits(company: QboCompany, goneCount: number, linkedCount: number): Promise<boolean> {
    if (!isMassDeletion(goneCount, linkedCount)) return true;
    return this.dataSource.transaction((tx) => this.decided(tx, company, goneCount, linkedCount));
  }

  /**
   * Closes the question, because a look at everything found that they are not gone. News of a few others tells
   * nothing of it.
   */
  async isOver(company: QboCompany): Promise<void> {
    const subject = subjectOf(company);
    await this.dataSource.transaction((tx) => this.inbox.resolveSubject(tx, company.orgId, subject));
  }

  private async decided(
    tx: EntityManager,
    company: QboCompany,
    goneCount: number,
    linkedCount: number,
  ): Promise<boolean> {
    const { orgId } = company;
    const subject = subjectOf(company);
    const since = after(this.clock.now(), -DECISION_HOLDS_MS);
    const decision = await this.inbox.decisionSince(tx, orgId, subject, since);
    if (decision === 'resolved') return true;
    this.logger.warn({ orgId, gone: goneCount, linked: linkedCount }, 'Too many invoices are gone at once');
    if (decision === null) {
      await this.inbox.open(tx, {
        orgId,
        subject,
        code: 'many_invoices_gone',
        reason: manyInvoicesGone(goneCount, linkedCount),
      });
    }
    return false;
  }
}

/** With the company: what a person decided about one says nothing of another. */
function subjectOf({ realmId }: QboCompany): string {
  return `company.invoices_gone:${realmId}`;
}
