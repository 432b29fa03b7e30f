import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { addDays, type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { OpenDocumentsRepository } from '../aging/open-documents.repository.js';
import { dayOf } from '../report-day.js';
import { type CashForecast, cashForecast } from './cash-forecast.js';
import { CollectionsRepository } from './collections.repository.js';
import { type Dso, dsoOf } from './dso.js';

/** How far back a customer's habit is looked for. */
const HABIT_DAYS = 365;

/** How long money takes to come in. Days in the organisation's time zone; invoices of our proposals. */
@Injectable()
export class CollectionsService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly open: OpenDocumentsRepository,
    private readonly collections: CollectionsRepository,
    private readonly clock: Clock,
  ) {}

  /** Days sales outstanding at the end of a day, over the days that end with it. Throws `invalid`. */
  async dso(
    orgId: number,
    asked: string | undefined,
    days: number,
  ): Promise<{ asOf: CalendarDay; rows: Dso[] }> {
    const today = await this.today(orgId);
    const asOf = dayOf('as_of', asked, today);
    const open = await this.open.listOurs({ orgId, asOf, isNow: asOf >= today, currency: null });
    const invoiced = await this.collections.invoicedBetween(orgId, addDays(asOf, 1 - days), asOf);
    const currencies = new Set([...open, ...invoiced].map(({ currency }) => currency));
    const receivables = [...currencies].map((currency) => ({
      currency,
      receivableCents: open
        .filter((document) => document.currency === currency)
        .reduce((sum, { openCents }) => sum + Math.max(openCents, 0), 0),
      invoicedCents: invoiced.find((one) => one.currency === currency)?.cents ?? 0,
    }));
    return { asOf, rows: dsoOf(receivables, days) };
  }

  /** When the money of what is open now is expected. */
  async forecast(orgId: number, weeks: number): Promise<{ today: CalendarDay; forecast: CashForecast }> {
    const today = await this.today(orgId);
    const open = await this.open.listOurs({ orgId, asOf: today, isNow: true, currency: null });
    const paid = await this.collections.paidDelays(orgId, addDays(today, -HABIT_DAYS), today);
    return { today, forecast: cashForecast(open, paid, today, weeks) };
  }

  private async today(orgId: number): Promise<CalendarDay> {
    return dayInZone(this.clock.now(), (await this.settings.get(orgId)).timeZone);
  }
}
