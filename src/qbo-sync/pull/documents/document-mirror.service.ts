import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboDocumentChanges } from '../../api/model/qbo-documents.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { DocumentChangesService } from './document-changes.service.js';
import { DocumentFillService } from './document-fill.service.js';
import { QboDocumentsRepository } from './qbo-documents.repository.js';
import {
  DOCUMENT_MIRROR_LEASE,
  type DocumentMirrorState,
  DocumentMirrorsRepository,
  FEED_MS,
} from './document-mirrors.repository.js';
import { FillBudgetService } from './fill-budget.service.js';

/** A report is made of a mirror that was brought up to date within this time. */
const FRESH_MS = 60_000;
/** So long a report waits for the mirror before it is made without. */
const WAIT_MAX_MS = 10_000;
const WAIT_STEP_MS = 100;

/**
 * Keeps a mirror of the documents of a company for reports. Nothing is read before the first report asks: then once,
 * counted and by pages of 1,000 of each type, and from then on with the change feed of each poll, in the same one call.
 * A report that finds the mirror older than a minute reads what changed since, in one call.
 */
@Injectable()
export class DocumentMirrorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly mirrors: DocumentMirrorsRepository,
    private readonly changes: DocumentChangesService,
    private readonly fill: DocumentFillService,
    private readonly documents: QboDocumentsRepository,
    private readonly budget: FillBudgetService,
    private readonly leases: LeasesService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  @JobHandler('qbo.documents.mirror')
  async catchUpWhereConnected({ orgId }: QueuePayloads['qbo.documents.mirror']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (company) await this.catchUp(company);
  }

  /** How far the mirror of a company is; null where no report has asked for it. */
  find(company: QboCompany): Promise<DocumentMirrorState | null> {
    return this.mirrors.find(company);
  }

  /** True where polls are to bring documents along. */
  async isFilled(company: QboCompany): Promise<boolean> {
    return ((await this.mirrors.find(company))?.changedSince ?? null) !== null;
  }

  /** False while what counts by its account alone is in no report, as the chart of accounts may not be read. */
  hasChart(company: QboCompany): Promise<boolean> {
    return this.documents.hasChart(company);
  }

  /**
   * Has the mirror brought up to date by a worker, and waits for that ten seconds at most. False where it is not yet:
   * its state says how far it is. `since`: how old it may be at most; a minute where that is not said.
   */
  async refresh(company: QboCompany, since?: Date): Promise<boolean> {
    const oldest = (): number => since?.getTime() ?? this.clock.now().getTime() - FRESH_MS;
    await this.mirrors.introduce(company);
    if (isFresh(await this.mirrors.find(company), oldest())) return true;
    await this.jobs.enqueue(this.dataSource.manager, 'qbo.documents.mirror', { orgId: company.orgId });
    const deadline = performance.now() + WAIT_MAX_MS;
    while (performance.now() < deadline) {
      const state = await this.mirrors.find(company);
      if (isFresh(state, oldest())) return true;
      if (state?.waits) return false;
      await pause(WAIT_STEP_MS);
    }
    return false;
  }

  /** Reads what is needed to take that in, which no transaction may wait for. Throws QboError. */
  prepare(company: QboCompany, changes: QboDocumentChanges): Promise<void> {
    return this.changes.learnAccounts(company, changes);
  }

  /** Takes in what the change feed of `since` says of documents. */
  apply(tx: EntityManager, company: QboCompany, since: Date, changes: QboDocumentChanges): Promise<void> {
    return this.changes.apply(tx, company, since, changes);
  }

  /** Fills the mirror or reads what changed, unless another worker is at it. Throws QboError. */
  private async catchUp(company: QboCompany): Promise<void> {
    await this.mirrors.introduce(company);
    const lease = await this.leases.take(DOCUMENT_MIRROR_LEASE, [company.orgId, company.realmId]);
    if (!lease) return;
    try {
      await this.leases.keep(lease, (lost) => this.read(company, lost));
    } finally {
      await this.leases.release(lease);
    }
  }

  private async read(company: QboCompany, lost: AbortSignal): Promise<void> {
    const known = await this.mirrors.find(company);
    const since = known?.changedSince ?? null;
    const isInReach = since !== null && since.getTime() >= this.clock.now().getTime() - FEED_MS;
    if (!isInReach || !(await this.changes.read(company, since))) return this.fill.fill(company, lost);
    if (known?.waits) await this.budget.isOver(company);
  }
}

function isFresh(state: DocumentMirrorState | null, oldest: number): boolean {
  return state?.filledAt != null && state.lookedAt !== null && state.lookedAt.getTime() > oldest;
}
