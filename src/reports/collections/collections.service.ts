import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { sumIn } from '../../platform/money/money.js';
import { addDays, type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { OpenDocumentsRepository, type OpenWindow } from '../aging/open-documents.repository.js';
import type { OpenOn } from '../aging/open-documents-sql.js';
import { CompanyMirrorService } from '../company-mirror.service.js';
import type { ReportPosition } from '../report-cursor.js';
import { dayOf } from '../report-day.js';
import { cashForecast, type DueDocument, type ExpectedInvoice, type ExpectedWeek } from './cash-forecast.js';
import { CollectionsRepository } from './collections.repository.js';
import { type Dso, dsoOf } from './dso.js';

/** How far back a customer's habit is looked for. */
const HABIT_DAYS = 365;
/** A CSV file is read in so many rows at once. */
const CSV_BATCH = 10_000;

export interface CashForecastReport {
  today: CalendarDay;
  environment: 'sandbox' | 'production';
  weeks: readonly ExpectedWeek[];
}

/** How long money takes to come in. Days in the organisation's time zone; invoices of our proposals. */
@Injectable()
export class CollectionsService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly open: OpenDocumentsRepository,
    private readonly collections: CollectionsRepository,
    private readonly mirror: CompanyMirrorService,
    private readonly clock: Clock,
  ) {}

  /** Days sales outstanding at the end of a day, over the days that end with it. Throws `invalid`. */
  async dso(
    orgId: number,
    asked: string | undefined,
    days: number,
  ): Promise<{ asOf: CalendarDay; rows: Dso[] }> {
    const { today, timeZone } = await this.today(orgId);
    const asOf = dayOf('as_of', asked, today);
    const open = await this.open.sumOurs({ orgId, asOf, isNow: asOf >= today, timeZone, currency: null });
    const invoiced = await this.collections.invoicedBetween(orgId, addDays(asOf, 1 - days), asOf);
    const currencies = new Set([...open, ...invoiced].map(({ currency }) => currency));
    const receivables = [...currencies].map((currency) => ({
      currency,
      receivableCents: sumIn(
        currency,
        open.filter((one) => one.currency === currency && one.bucket !== null),
        ({ cents }) => cents,
      ),
      invoicedCents: invoiced.find((one) => one.currency === currency)?.cents ?? 0,
    }));
    return { asOf, rows: dsoOf(receivables, days) };
  }

  /** When the money of what is open now is expected: by week, and a page of the invoices, the earliest first. */
  async forecast(
    orgId: number,
    weeks: number,
    { limit, after }: OpenWindow,
  ): Promise<CashForecastReport & { rows: DueDocument[]; next: ReportPosition | null }> {
    const { question, invoices, ...report } = await this.expected(orgId, weeks);
    const from = after === null ? 0 : invoices.findIndex((one) => isAfter(one, after));
    const shown = from < 0 ? [] : invoices.slice(from, from + limit);
    const last = from >= 0 && from + limit < invoices.length ? shown.at(-1) : undefined;
    const next = last ? { day: last.expectedOn, key: String(last.invoice.invoiceId) } : null;
    return { ...report, rows: await this.documents(question, shown), next };
  }

  /** The same with every invoice, in batches that are read when they are wanted. */
  async exportForecast(
    orgId: number,
    weeks: number,
  ): Promise<CashForecastReport & { batches: AsyncGenerator<DueDocument[]> }> {
    const { question, invoices, ...report } = await this.expected(orgId, weeks);
    return { ...report, batches: this.batches(question, invoices) };
  }

  private async *batches(
    question: OpenOn,
    invoices: readonly ExpectedInvoice[],
  ): AsyncGenerator<DueDocument[]> {
    for (let start = 0; start < invoices.length; start += CSV_BATCH) {
      const some = invoices.slice(start, start + CSV_BATCH);
      yield await inOrganisation(question.orgId, () => this.documents(question, some));
    }
  }

  private async expected(
    orgId: number,
    weeks: number,
  ): Promise<CashForecastReport & { question: OpenOn; invoices: readonly ExpectedInvoice[] }> {
    const { today, timeZone } = await this.today(orgId);
    const question = { orgId, asOf: today, isNow: true, timeZone, currency: null };
    const open = await this.open.listDue(question);
    const paid = await this.collections.paidDelays(orgId, addDays(today, -HABIT_DAYS), today);
    const environment = await this.mirror.environment(orgId);
    return { today, environment, question, ...cashForecast(open, paid, today, weeks) };
  }

  /** What is paid meanwhile is left out. */
  private async documents(question: OpenOn, invoices: readonly ExpectedInvoice[]): Promise<DueDocument[]> {
    const ids = invoices.map(({ invoice }) => invoice.invoiceId);
    const found = await this.open.listOurs(question, { ids });
    const byId = new Map(found.map((document) => [document.invoiceId, document]));
    return invoices.flatMap(({ invoice, delayDays, expectedOn }) => {
      const document = byId.get(invoice.invoiceId);
      return document ? [{ document, delayDays, expectedOn }] : [];
    });
  }

  private async today(orgId: number): Promise<{ today: CalendarDay; timeZone: string }> {
    const { timeZone } = await this.settings.get(orgId);
    return { today: dayInZone(this.clock.now(), timeZone), timeZone };
  }
}

function isAfter({ expectedOn, invoice }: ExpectedInvoice, { day, key }: ReportPosition): boolean {
  return expectedOn > day || (expectedOn === day && invoice.invoiceId > Number(key));
}
