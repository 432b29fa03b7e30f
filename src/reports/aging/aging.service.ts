import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { CompanyMirrorService } from '../company-mirror.service.js';
import type { CountedByAccount } from '../counted-by-account.js';
import { type ReportPosition } from '../report-cursor.js';
import { dayOf } from '../report-day.js';
import { type AgedSum, type Aging, agingOf, type AgingRow, documentRow } from './aging.js';
import {
  OpenDocumentsRepository,
  type OpenWindow,
  type PlacedDocument,
} from './open-documents.repository.js';
import type { OwnBooks, OpenOn } from './open-documents-sql.js';

/** A CSV file of documents is read in so many rows at once. */
const CSV_BATCH = 10_000;

export type AgingScope = 'ours' | 'company';

export interface AgingQuestion {
  asOf: string | undefined;
  scope: AgingScope;
  currency: string | undefined;
}

export interface AgingHead {
  asOf: CalendarDay;
  timeZone: string;
  scope: AgingScope;
  /** What is not in it, as the chart of accounts may not be read. */
  lacks: readonly CountedByAccount[];
  /** Where pages of documents and customers are in QuickBooks. */
  environment: 'sandbox' | 'production';
}

export interface AgingReport {
  head: AgingHead;
  aging: Aging;
}

/** A question with everything that answers depend on. */
interface Asked {
  head: AgingHead;
  on: OpenOn;
  /** Null where no company is read, or none is known. */
  books: OwnBooks | null;
}

/** Receivables by how late they are, at the end of a day in the organisation's time zone. */
@Injectable()
export class AgingService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly mirror: CompanyMirrorService,
    private readonly open: OpenDocumentsRepository,
    private readonly clock: Clock,
  ) {}

  /** By customer. Throws `conflict` where all of the company is asked for and its mirror cannot be read yet. */
  async report(orgId: number, question: AgingQuestion): Promise<AgingReport> {
    const asked = await this.asked(orgId, question);
    return { head: asked.head, aging: agingOf(await this.sums(asked)) };
  }

  /** The same for a transaction that begins later, which reads the figures as often as it wants. */
  async reader(orgId: number, question: AgingQuestion): Promise<(tx: EntityManager) => Promise<Aging>> {
    const asked = await this.asked(orgId, question);
    return async (tx) => agingOf(await this.sums(asked, tx));
  }

  /** By document, the earliest due first: one page of the rows, with the sums of all. Throws as `report` does. */
  async page(
    orgId: number,
    question: AgingQuestion,
    { limit, after }: OpenWindow,
  ): Promise<AgingReport & { next: ReportPosition | null }> {
    const asked = await this.asked(orgId, question);
    const { credits, totals } = agingOf(await this.sums(asked));
    const found = await this.documents(asked, { limit: limit + 1, after });
    const shown = found.slice(0, limit);
    const next = found.length > limit ? positionOf(shown.at(-1)!) : null;
    return { head: asked.head, aging: { rows: rowsOf(shown, asked), credits, totals }, next };
  }

  /** By document: every row, in batches read when they are wanted, and the credits. Throws as `report` does. */
  async export(
    orgId: number,
    question: AgingQuestion,
  ): Promise<AgingReport & { batches: AsyncGenerator<AgingRow[]> }> {
    const asked = await this.asked(orgId, question);
    const { credits, totals } = agingOf(await this.sums(asked));
    return { head: asked.head, aging: { rows: [], credits, totals }, batches: this.batches(asked) };
  }

  private async *batches(asked: Asked): AsyncGenerator<AgingRow[]> {
    for (let after: ReportPosition | null = null; ;) {
      const window = { after, limit: CSV_BATCH };
      const found = await inOrganisation(asked.on.orgId, () => this.documents(asked, window));
      yield rowsOf(found, asked);
      if (found.length < CSV_BATCH) return;
      after = positionOf(found.at(-1)!);
    }
  }

  private async asked(orgId: number, { asOf, scope, currency }: AgingQuestion): Promise<Asked> {
    const settings = await this.settings.get(orgId);
    const { timeZone } = settings;
    const today = dayInZone(this.clock.now(), timeZone);
    const day = dayOf('as_of', asOf, today);
    const company = scope === 'company' ? await this.mirror.fresh(orgId) : await this.mirror.known(orgId);
    return {
      head: {
        asOf: day,
        timeZone,
        scope,
        lacks: company ? await this.mirror.lacks(company) : [],
        environment: await this.mirror.environment(orgId),
      },
      on: { orgId, asOf: day, isNow: day >= today, timeZone, currency: currency ?? null },
      books: company && {
        realmId: company.realmId,
        homeCurrency: settings.companyCurrency ?? settings.currency,
      },
    };
  }

  /** Of ours with what customers of ours have over: by change orders, and as far as a mirror knows it by anything. */
  private async sums({ head, on, books }: Asked, tx?: EntityManager): Promise<AgedSum[]> {
    if (head.scope === 'company') return this.open.sumCompany(on, books!, {}, tx);
    const ours = await this.open.sumOurs(on, tx);
    ours.push(...(await this.open.sumMemos(on, head.timeZone, books, tx)));
    if (books === null) return ours;
    const credits = await this.open.sumCompany(on, books, { onlyCredits: true }, tx);
    return [...ours, ...credits.filter(({ customerId }) => customerId !== null)];
  }

  private documents({ head, on, books }: Asked, window: OpenWindow): Promise<PlacedDocument[]> {
    return head.scope === 'company'
      ? this.open.listOfCompany(on, books!, window)
      : this.open.listOurs(on, { window });
  }
}

function rowsOf(documents: readonly PlacedDocument[], { on }: Asked): AgingRow[] {
  return documents.map((document) => documentRow(document, on.asOf));
}

function positionOf({ dueOn, txnOn, key }: PlacedDocument): ReportPosition {
  return { day: dueOn ?? txnOn, key };
}
