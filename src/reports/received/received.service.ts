import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { invalid } from '../../platform/errors/domain-error.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { CompanyMirrorService } from '../company-mirror.service.js';
import type { ReportPosition } from '../report-cursor.js';
import {
  type InvoiceGaps,
  type ReceivedFilter,
  type ReceivedDocument,
  ReceivedRepository,
  type ReceivedTotal,
} from './received.repository.js';

/** A CSV file is read in so many rows at once. */
const CSV_BATCH = 10_000;

/** What is asked for; a day that is left out is today, or the last one. */
export type ReceivedQuestion = Partial<ReceivedFilter>;

export interface ReceivedDays {
  from: CalendarDay;
  to: CalendarDay;
  timeZone: string;
  environment: 'sandbox' | 'production';
}

export interface ReceivedReport extends ReceivedDays {
  rows: ReceivedDocument[];
  totals: ReceivedTotal[];
  missing: ReceivedGaps;
  next: ReportPosition | null;
}

/** What the rows may lack. */
export interface ReceivedGaps {
  isConnected: boolean;
  /** Money of which QuickBooks did not say the day. */
  undated: ReceivedTotal[];
  invoices: InvoiceGaps;
}

/** What came in on invoices of ours, by card, by check or otherwise. Nothing is read from QuickBooks. */
@Injectable()
export class ReceivedService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly received: ReceivedRepository,
    private readonly mirror: CompanyMirrorService,
    private readonly clock: Clock,
  ) {}

  /** A page of the rows, and the totals of all. Throws `invalid` where the days are turned. */
  async report(
    orgId: number,
    question: ReceivedQuestion,
    window: { limit: number; after: ReportPosition | null },
  ): Promise<ReceivedReport> {
    const { filter, ...days } = await this.days(orgId, question);
    const found = await this.received.list(orgId, filter, window);
    const rows = found.slice(0, window.limit);
    const totals = await this.received.totals(orgId, filter);
    const missing = await this.gaps(orgId, filter);
    const next = found.length > rows.length ? positionOf(rows.at(-1)!) : null;
    return { ...days, rows, totals, missing, next };
  }

  /** The same with every row, in batches that are read when they are wanted. */
  async export(
    orgId: number,
    question: ReceivedQuestion,
  ): Promise<ReceivedDays & { missing: ReceivedGaps; batches: AsyncGenerator<ReceivedDocument[]> }> {
    const { filter, ...days } = await this.days(orgId, question);
    return { ...days, missing: await this.gaps(orgId, filter), batches: this.batches(orgId, filter) };
  }

  private async gaps(orgId: number, filter: ReceivedFilter): Promise<ReceivedGaps> {
    const realmId = await this.mirror.lastRealm(orgId);
    return {
      isConnected: await this.mirror.isConnected(orgId),
      undated: await this.received.undated(orgId, filter),
      invoices:
        realmId === null
          ? { unread: 0, elsewhere: 0 }
          : await this.received.countGaps(orgId, realmId, filter),
    };
  }

  private async *batches(orgId: number, filter: ReceivedFilter): AsyncGenerator<ReceivedDocument[]> {
    let after: ReportPosition | null = null;
    do {
      const window: { limit: number; after: ReportPosition | null } = { limit: CSV_BATCH, after };
      const found = await inOrganisation(orgId, () => this.received.list(orgId, filter, window));
      const rows = found.slice(0, CSV_BATCH);
      yield rows;
      after = found.length > rows.length ? positionOf(rows.at(-1)!) : null;
    } while (after !== null);
  }

  private async days(
    orgId: number,
    question: ReceivedQuestion,
  ): Promise<ReceivedDays & { filter: ReceivedFilter }> {
    const { timeZone } = await this.settings.get(orgId);
    const to = question.to ?? dayInZone(this.clock.now(), timeZone);
    const from = question.from ?? to;
    if (from > to) throw invalid([{ field: 'to', message: 'to must not be before from' }]);
    const environment = await this.mirror.environment(orgId);
    return { from, to, timeZone, environment, filter: { ...question, from, to } };
  }
}

function positionOf({ paidOn, id }: ReceivedDocument): ReportPosition {
  return { day: paidOn, key: id };
}
