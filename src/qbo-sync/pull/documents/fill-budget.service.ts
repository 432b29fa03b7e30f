import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import type { JobRef } from '../../../jobs/queue/queue-payloads.js';
import { fillWaits } from '../../../messages/reasons/books-reasons.js';
import { Clock } from '../../../platform/time/clock.js';
import { ReadBudgetService } from '../../api/metering/read-budget.service.js';
import { hasRoomFor } from '../../api/metering/read-room.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { type DocumentMirrorState, DocumentMirrorsRepository } from './document-mirrors.repository.js';
import { fillReads } from './fill-reads.js';

const SUBJECT = 'company.documents';

/**
 * Keeps the fill of a mirror within the metered reads of the month: one that there is no room for waits, aloud, until
 * the next month or a larger budget. Polls are never kept from their reads by a report.
 */
@Injectable()
export class FillBudgetService implements OnModuleInit {
  private readonly logger = new Logger(FillBudgetService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly budget: ReadBudgetService,
    private readonly mirrors: DocumentMirrorsRepository,
    private readonly inbox: InboxRepository,
    private readonly connections: ConnectionService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.connections.onConnected(this, (tx, { orgId, realmId }) => this.giveUp(tx, orgId, realmId));
    this.connections.onDisconnected(this, (tx, orgId) => this.giveUp(tx, orgId));
  }

  @DueRows('qbo_document_mirrors')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const waiting = await this.mirrors.listWaiting(tx, limit);
    if (waiting.length === 0) return [];
    const standing = await this.budget.standing(tx);
    return waiting
      .filter(({ reads }) => hasRoomFor(standing, reads))
      .map(({ orgId }) => ({ name: 'qbo.documents.mirror', payload: { orgId } }));
  }

  /**
   * Whether there is room for a fill before anything is read for it: by what was counted when it had to wait, else for
   * the least that a fill takes. One that was begun goes on while any of the budget is left.
   */
  async admits(company: QboCompany, known: DocumentMirrorState, isBegun: boolean): Promise<boolean> {
    return isBegun ? this.hasLeft(company, known.totals) : this.admitsReads(company, fillReads(known.totals));
  }

  /** The same for a fill of so many documents, by type, now that they are counted. One that has room waits no more. */
  async admitsCounted(
    company: QboCompany,
    totals: Readonly<Record<string, number>>,
    isBegun: boolean,
  ): Promise<boolean> {
    if (!isBegun && !(await this.admitsReads(company, fillReads(totals)))) return false;
    await this.isOver(company);
    return true;
  }

  /** Nothing waits any more. */
  async isOver(company: QboCompany): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await this.mirrors.goOn(tx, company);
      await this.inbox.resolveSubject(tx, company.orgId, SUBJECT);
    });
  }

  /** Whether a fill that is under way may read another page. */
  async hasLeft(company: QboCompany, totals: Readonly<Record<string, number>>): Promise<boolean> {
    const { used, forecast, budget } = await this.budget.standing();
    if (used < budget) return true;
    return this.wait(company, { reads: fillReads(totals), used, forecast, budget });
  }

  private async admitsReads(company: QboCompany, reads: number): Promise<boolean> {
    const { used, forecast, budget } = await this.budget.standing();
    if (hasRoomFor({ used, forecast, budget }, reads)) return true;
    return this.wait(company, { reads, used, forecast, budget });
  }

  private async wait(
    company: QboCompany,
    short: { reads: number; used: number; forecast: number; budget: number },
  ): Promise<false> {
    const { orgId } = company;
    const wait = { ...short, since: this.clock.now().toISOString() };
    await this.dataSource.transaction(async (tx) => {
      const isNew = await this.mirrors.wait(tx, company, wait);
      if (!isNew) return;
      this.logger.warn(
        { orgId, ...short },
        'Documents are not read for reports: the read budget has no room',
      );
      await this.inbox.open(tx, { orgId, subject: SUBJECT, code: 'reads_short', reason: fillWaits(short) });
    });
    return false;
  }

  /** A company that is not the connected one, or no longer, is not read, so that nobody is asked about its reading. */
  private async giveUp(
    tx: EntityManager,
    orgId: number,
    connectedRealmId: string | null = null,
  ): Promise<void> {
    const isAny = await this.mirrors.giveUpOthers(tx, orgId, connectedRealmId);
    if (isAny) await this.inbox.resolveSubject(tx, orgId, SUBJECT);
  }
}
