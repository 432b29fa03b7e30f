import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import { OVERLAP_MS } from '../../api/model/overlap.js';
import { isTooLongToRead } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { DOCUMENT_TYPES, type DocumentType, type QboDocuments } from '../../api/model/qbo-documents.js';
import { placeAfter, walkPages, type WalkPlace } from '../../api/page-walk.js';
import { QboDocumentsClient } from '../../api/qbo-documents.client.js';
import { DocumentChangesService } from './document-changes.service.js';
import { DocumentMirrorsRepository, FEED_MS } from './document-mirrors.repository.js';
import { FillBudgetService } from './fill-budget.service.js';
import { fillReads } from './fill-reads.js';
import { PageLength } from './page-length.js';
import { pageOfTwo } from './page-of-two.js';
import { QboDocumentsRepository } from './qbo-documents.repository.js';
import { after } from '../../../platform/time/after.js';

interface FillOfType {
  from: WalkPlace;
  lost: AbortSignal;
  /** How many documents of each type there are. */
  totals: Readonly<Record<string, number>>;
}

/** Reads all documents of a company into its mirror. */
@Injectable()
export class DocumentFillService {
  private readonly logger = new Logger(DocumentFillService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: QboDocumentsClient,
    private readonly mirrors: DocumentMirrorsRepository,
    private readonly documents: QboDocumentsRepository,
    private readonly changes: DocumentChangesService,
    private readonly budget: FillBudgetService,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads all documents, having counted them, and then what changed while they were read: a document that was deleted
   * after its page stands in no page that would tell. A fill that was cut off, by whatever, goes on with the type it
   * was at, so long as the change feed still reaches back to its beginning. One that the read budget of the month has
   * no room for waits, and reads nothing.
   */
  async fill(company: QboCompany, lost: AbortSignal): Promise<void> {
    const known = (await this.mirrors.find(company))!;
    const isFirst = known.filledAt === null;
    const isCutOff =
      known.fillAsOf !== null && known.fillAsOf.getTime() > this.clock.now().getTime() - FEED_MS;
    if (!(await this.budget.admits(company, known, isCutOff))) return;
    if (!(await this.knowsChart(company))) return;
    const totals = isCutOff ? known.totals : await this.begin(company, isFirst);
    if (!(await this.budget.admitsCounted(company, totals, isCutOff))) return;
    for (const type of DOCUMENT_TYPES) {
      if (isCutOff && known.fillDone.includes(type)) continue;
      // Only a first fill can go on within a type: of an older mirror what is missing has to be found.
      const rows = isCutOff && isFirst ? (known.progress[type] ?? 0) : 0;
      const from = placeAfter(rows, known.fillTail);
      const isThere = await this.fillType(company, type, { from, lost, totals });
      if (!isThere) return;
    }
    await this.readChangedMeanwhile(company, await this.mirrors.markFilled(company, OVERLAP_MS));
  }

  /**
   * False where there is no chart of accounts and may be one soon: a fill without it would say less of customers than
   * there is. One that is refused is not waited for: lines that are money of a customer by their account alone count
   * once it is read.
   */
  private async knowsChart(company: QboCompany): Promise<boolean> {
    if ((await this.changes.tryAccounts(company)) !== null) return true;
    return this.changes.isChartRefused(company) || this.documents.hasChart(company);
  }

  /**
   * The feed tells of a thousand changes at most. Where more came shortly before the fill, those since its beginning
   * are asked for alone; where as many came during it, what was deleted meanwhile is found by the next look, which
   * fills the mirror anew.
   */
  private async readChangedMeanwhile(company: QboCompany, since: Date): Promise<void> {
    const beginning = after(since, OVERLAP_MS);
    const isKnown =
      (await this.changes.read(company, since)) || (await this.changes.read(company, since, beginning));
    if (!isKnown) await this.mirrors.markLooked(company);
  }

  /** What a first fill left behind that was given up is there once it is read again, and not before. */
  private async begin(company: QboCompany, isFirst: boolean): Promise<Record<string, number>> {
    const totals = await this.countAll(company);
    for (const type of isFirst ? DOCUMENT_TYPES : []) {
      await this.documents.markMissing(company, type, { listed: [], before: this.clock.now() });
    }
    await this.mirrors.beginFill(company, totals);
    return totals;
  }

  /** False where it was cut off, because another worker has it now or the reads of the month are used up. */
  private async fillType(
    company: QboCompany,
    type: DocumentType,
    { from, lost, totals }: FillOfType,
  ): Promise<boolean> {
    const before = this.clock.now();
    const listed: string[] = [];
    const list = this.listOf(company, type);
    for await (const { page, rows, tail } of walkPages(list, ({ ids }) => ids, from)) {
      for (const { id, reason } of page.unreadable) {
        this.logger.warn({ orgId: company.orgId, type, qboId: id, reason }, 'Could not read a document');
      }
      await this.dataSource.transaction((tx) => this.documents.upsert(tx, company, page.documents));
      listed.push(...page.ids);
      const isWhole = !page.full;
      if (isWhole && from.start === 1) await this.documents.markMissing(company, type, { listed, before });
      await this.mirrors.noteProgress(company, type, { documents: rows, tail, asOf: page.asOf, isWhole });
      if (lost.aborted || (page.full && !(await this.budget.hasLeft(company, totals)))) return false;
    }
    return true;
  }

  /** Pages of the list, which are shorter where they are too long to be taken in, and in the end read one by one. */
  private listOf(company: QboCompany, type: DocumentType): (start: number) => Promise<QboDocuments> {
    const length = new PageLength();
    const read = (startPosition: number, rows: number): Promise<QboDocuments> =>
      this.client.listDocuments(company, type, { startPosition, rows });
    const list = async (startPosition: number): Promise<QboDocuments> => {
      try {
        const page = await read(startPosition, length.rows);
        length.noteRead();
        return page;
      } catch (error) {
        if (!isTooLongToRead(error)) throw error;
        if (length.shorten()) return list(startPosition);
        const page = await pageOfTwo((position) => read(position, 1), startPosition);
        if (page === null) throw error;
        length.noteRead();
        return page;
      }
    };
    return list;
  }

  private async countAll(company: QboCompany): Promise<Record<string, number>> {
    const totals: Record<string, number> = {};
    for (const type of DOCUMENT_TYPES) totals[type] = await this.client.countDocuments(company, type);
    const reads = fillReads(totals);
    this.logger.log({ orgId: company.orgId, totals, reads }, 'The documents of the company are being read');
    return totals;
  }
}
