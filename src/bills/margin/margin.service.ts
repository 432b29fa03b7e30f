import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/errors/domain-error.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { optionalDay } from '../../reports/report-day.js';
import type { Bill } from '../bill.js';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { BillsService } from '../bills.service.js';
import { type Margin, marginOf, type MarginTotal, marginTotals } from './margin.js';
import { MarginRepository } from './margin.repository.js';

/** Revenue less cost and less what Stripe kept, by job. Fees that are not known are said to be unknown. */
@Injectable()
export class MarginService {
  constructor(
    private readonly bills: BillsService,
    private readonly revenue: MarginRepository,
    private readonly settings: OrgSettingsService,
  ) {}

  /** Throws not found for a proposal without a contract, and `conflict` where the books cannot be read. */
  async ofProposal(orgId: number, proposalId: number): Promise<Margin> {
    const { timeZone } = await this.settings.get(orgId);
    const [job] = await this.revenue.listRevenue(orgId, { from: null, to: null, timeZone, proposalId });
    if (!job) throw notFound('contract of proposal', proposalId);
    return marginOf(job, await this.costs(orgId, null, null));
  }

  async report(
    orgId: number,
    from: string | undefined,
    to: string | undefined,
  ): Promise<{ margins: Margin[]; totals: MarginTotal[] }> {
    const days = { from: optionalDay('from', from), to: optionalDay('to', to) };
    const { timeZone } = await this.settings.get(orgId);
    const jobs = await this.revenue.listRevenue(orgId, { ...days, timeZone, proposalId: null });
    const bills = await this.costs(orgId, days.from, days.to);
    const margins = jobs.map((job) => marginOf(job, bills));
    return { margins, totals: marginTotals(margins, bills) };
  }

  private async costs(orgId: number, from: CalendarDay | null, to: CalendarDay | null): Promise<Bill[]> {
    await this.bills.fresh(orgId);
    const all = await this.bills.list(orgId, {});
    return all
      .map(({ bill }) => bill)
      .filter(({ txnOn }) => (from === null || txnOn >= from) && (to === null || txnOn <= to));
  }
}
