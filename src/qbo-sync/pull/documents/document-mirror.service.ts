import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JobsService } from '../../../jobs/jobs.service.js';
import { LeasesService } from '../../../jobs/leases.service.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import {
  DOCUMENT_TYPES,
  type DocumentType,
  type QboDocumentChanges,
  type QboDocuments,
} from '../../api/model/qbo-documents.js';
import { placeAfter, walkPages, type WalkPlace } from '../../api/page-walk.js';
import { QboDocumentsClient } from '../../api/qbo-documents.client.js';
import { ConnectionService } from '../../connection/connection.service.js';
import {
  DOCUMENT_MIRROR_LEASE,
  type DocumentMirrorState,
  DocumentMirrorsRepository,
} from './document-mirrors.repository.js';
import { fillReads } from './fill-reads.js';
import { QboDocumentsRepository } from './qbo-documents.repository.js';
import type { ControlAccounts } from './subledger-entries.js';

/** QuickBooks' own time is kept less this, so that what was being written while it answered is read again. */
const OVERLAP_MS = 5 * 60_000;
/** The feed looks back 30 days; a mirror that is older is filled anew. */
const FEED_MS = 29 * 86_400_000;
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
export class DocumentMirrorService implements OnApplicationBootstrap {
  private readonly logger = new Logger(DocumentMirrorService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboDocumentsClient,
    private readonly connections: ConnectionService,
    private readonly mirrors: DocumentMirrorsRepository,
    private readonly documents: QboDocumentsRepository,
    private readonly leases: LeasesService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.documents.mirror', async ({ orgId }) => {
      const company = await this.connections.company(orgId);
      if (company) await this.bringUpToDate(company);
    });
  }

  /** How far the mirror of a company is; null where no report has asked for it. */
  find(company: QboCompany): Promise<DocumentMirrorState | null> {
    return this.mirrors.find(company);
  }

  /** True where polls are to bring documents along. */
  async isFilled(company: QboCompany): Promise<boolean> {
    return ((await this.mirrors.find(company))?.changedSince ?? null) !== null;
  }

  /**
   * Has the mirror brought up to date by a worker, and waits for that ten seconds at most. False where it is not yet:
   * its state says how far it is. `since`: how old it may be at most; a minute where that is not said.
   */
  async refresh(company: QboCompany, since?: Date): Promise<boolean> {
    const oldest = (): number => since?.getTime() ?? this.clock.now().getTime() - FRESH_MS;
    await this.mirrors.introduce(company);
    if (await this.isFresh(company, oldest())) return true;
    await this.jobs.enqueue(this.dataSource.manager, 'qbo.documents.mirror', { orgId: company.orgId });
    const deadline = performance.now() + WAIT_MAX_MS;
    while (performance.now() < deadline) {
      if (await this.isFresh(company, oldest())) return true;
      await pause(WAIT_STEP_MS);
    }
    return false;
  }

  /** Takes in what the change feed of `since` says of documents. */
  async apply(
    tx: EntityManager,
    company: QboCompany,
    since: Date,
    { changes, asOf, complete, unreadable }: QboDocumentChanges,
  ): Promise<void> {
    const accounts = await this.documents.controlAccounts(company);
    const there = changes.flatMap((change) => (change.deleted ? [] : [change.document]));
    await this.documents.upsert(tx, company, there, accounts);
    await this.documents.markDeleted(
      tx,
      company,
      changes.filter((change) => change.deleted),
    );
    if (complete && unreadable.length === 0)
      await this.mirrors.advance(tx, company, since, overlapBefore(asOf));
  }

  private async isFresh(company: QboCompany, oldest: number): Promise<boolean> {
    const state = await this.mirrors.find(company);
    return state?.filledAt != null && state.lookedAt !== null && state.lookedAt.getTime() > oldest;
  }

  /** Fills the mirror or reads what changed, unless another worker is at it. Throws QboError. */
  private async bringUpToDate(company: QboCompany): Promise<void> {
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
    const since = (await this.mirrors.find(company))?.changedSince ?? null;
    const isInReach = since !== null && since.getTime() >= this.clock.now().getTime() - FEED_MS;
    if (isInReach && (await this.readChanges(company, since))) return;
    await this.fill(company, lost);
  }

  /**
   * Takes in what changed since then, by the change feed from `from` on. False where that does not tell all of it. What
   * cannot be read of it is asked for again each time, and keeps no report from being made. Throws QboError.
   */
  private async readChanges(company: QboCompany, since: Date, from = since): Promise<boolean> {
    const changes = await this.client.changesSince(company, from).catch((error: unknown) => {
      if (error instanceof QboError && (error.kind === 'validation' || error.kind === 'not_found'))
        return null;
      throw error;
    });
    const documents = changes?.documents;
    if (!documents) return false;
    for (const { id, reason } of documents.unreadable) {
      this.logger.warn({ orgId: company.orgId, qboId: id, reason }, 'Could not read a document that changed');
    }
    await this.dataSource.transaction((tx) => this.apply(tx, company, since, documents));
    if (documents.complete && documents.unreadable.length > 0) await this.mirrors.markLooked(company);
    return documents.complete;
  }

  /**
   * Reads all documents, having counted them, and then what changed while they were read: a document that was deleted
   * after its page stands in no page that would tell. A fill that was cut off, by whatever, goes on with the type it
   * was at, so long as the change feed still reaches back to its beginning.
   */
  private async fill(company: QboCompany, lost: AbortSignal): Promise<void> {
    await this.documents.replaceAccounts(company, await this.client.listLedgerAccounts(company));
    const accounts = await this.documents.controlAccounts(company);
    const known = (await this.mirrors.find(company))!;
    const isFirst = known.filledAt === null;
    const isCutOff =
      known.fillAsOf !== null && known.fillAsOf.getTime() > this.clock.now().getTime() - FEED_MS;
    if (!isCutOff) await this.begin(company, isFirst);
    for (const type of DOCUMENT_TYPES) {
      if (isCutOff && known.fillDone.includes(type)) continue;
      // Only a first fill can go on within a type: of an older mirror what is missing has to be found.
      const rows = isCutOff && isFirst ? (known.progress[type] ?? 0) : 0;
      await this.fillType(company, type, { accounts, from: placeAfter(rows, known.fillTail), lost });
      if (lost.aborted) return;
    }
    await this.readChangedMeanwhile(company, await this.mirrors.markFilled(company, OVERLAP_MS));
  }

  /**
   * The feed tells of a thousand changes at most. Where more came shortly before the fill, those since its beginning are
   * asked for alone; where as many came during it, what was deleted meanwhile is found by the next look, which fills
   * the mirror anew.
   */
  private async readChangedMeanwhile(company: QboCompany, since: Date): Promise<void> {
    const beginning = new Date(since.getTime() + OVERLAP_MS);
    const isKnown =
      (await this.readChanges(company, since)) || (await this.readChanges(company, since, beginning));
    if (!isKnown) await this.mirrors.markLooked(company);
  }

  /** What a first fill left behind that was given up is there once it is read again, and not before. */
  private async begin(company: QboCompany, isFirst: boolean): Promise<void> {
    const totals = await this.countAll(company);
    for (const type of isFirst ? DOCUMENT_TYPES : []) {
      await this.documents.markMissing(company, type, { listed: [], before: this.clock.now() });
    }
    await this.mirrors.beginFill(company, totals);
  }

  private async fillType(
    company: QboCompany,
    type: DocumentType,
    { accounts, from, lost }: { accounts: ControlAccounts; from: WalkPlace; lost: AbortSignal },
  ): Promise<void> {
    const before = this.clock.now();
    const listed: string[] = [];
    const list = (start: number): Promise<QboDocuments> => this.client.listDocuments(company, type, start);
    for await (const { page, rows, tail } of walkPages(list, idsOf, from)) {
      for (const { id, reason } of page.unreadable) {
        this.logger.warn({ orgId: company.orgId, type, qboId: id, reason }, 'Could not read a document');
      }
      await this.dataSource.transaction((tx) => this.documents.upsert(tx, company, page.documents, accounts));
      listed.push(...idsOf(page));
      const isWhole = !page.full;
      if (isWhole && from.start === 1) await this.documents.markMissing(company, type, { listed, before });
      await this.mirrors.noteProgress(company, type, { documents: rows, tail, asOf: page.asOf, isWhole });
      if (lost.aborted) return;
    }
  }

  private async countAll(company: QboCompany): Promise<Record<string, number>> {
    const totals: Record<string, number> = {};
    for (const type of DOCUMENT_TYPES) totals[type] = await this.client.countDocuments(company, type);
    const reads = fillReads(totals);
    this.logger.log({ orgId: company.orgId, totals, reads }, 'The documents of the company are being read');
    return totals;
  }
}

function idsOf({ documents, unreadable }: QboDocuments): string[] {
  return [...documents, ...unreadable].map(({ id }) => id);
}

function overlapBefore(asOf: Date): Date {
  return new Date(asOf.getTime() - OVERLAP_MS);
}
