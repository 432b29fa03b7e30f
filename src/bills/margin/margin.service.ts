import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { notFound, invalid } from '../../platform/errors/domain-error.js';
import { dayInZone, lastDayOf } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { CompanyMirrorService } from '../../reports/company-mirror.service.js';
import { optionalDay } from '../../reports/report-day.js';
import { RevenuePostingService } from '../../revenue/events/revenue-posting.service.js';
import { BillsService, type KnownCosts } from '../bills.service.js';
import { JobCosts } from './job-costs.js';
import { UNALLOCATED_MAX } from './margin.dto.js';
import { type JobRevenue, type Margin, marginsOf, type MarginTotal, marginTotals } from './margin.js';
import { MarginRepository, type RevenueWindow } from './margin.repository.js';
import type { BooksOf } from '../../messages/quickbooks-links.js';

export interface MarginReport {
  /** Each is made when it is asked for: a contractor may have 50,000. */
  margins: Iterable<Margin>;
  totals: MarginTotal[];
  /** Null: no company is connected, so that costs are not known. */
  costs: JobCosts | null;
  /** Whose bills they are: of the company that is connected. */
  books: BooksOf;
}

/** Revenue by the policy of each job, less cost and less what Stripe kept. What is not known is said to be unknown. */
@Injectable()
export class MarginService {
  constructor(
    private readonly bills: BillsService,
    private readonly mirror: CompanyMirrorService,
    private readonly posting: RevenuePostingService,
    private readonly revenue: MarginRepository,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /** Throws not found for a proposal without a contract, and `conflict` while the books are being read. */
  async ofProposal(orgId: number, proposalId: number): Promise<MarginReport> {
    const { timeZone } = await this.settings.get(orgId);
    const window = { from: null, to: null, proposalId };
    const known = await this.revenue.listRevenue(orgId, { ...window, timeZone });
    if (known.length === 0) throw notFound('contract of proposal', proposalId);
    return this.reportOf(orgId, { ...window, timeZone }, new JobCosts());
  }

  /** Throws `invalid` for days that are none or turned. */
  async report(orgId: number, from: string | undefined, to: string | undefined): Promise<MarginReport> {
    const days = { from: optionalDay('from', from), to: optionalDay('to', to) };
    if (days.from !== null && days.to !== null && days.from > days.to) {
      throw invalid([{ field: 'to', message: 'to must not be before from' }]);
    }
    const { timeZone } = await this.settings.get(orgId);
    return this.reportOf(orgId, { ...days, timeZone, proposalId: null }, new JobCosts(UNALLOCATED_MAX));
  }

  /** What was earned and what it cost are read at the same time: each takes as long as the other. */
  private async reportOf(orgId: number, window: RevenueWindow, costs: JobCosts): Promise<MarginReport> {
    const [jobs, read] = await Promise.all([
      this.revenueOf(orgId, window),
      this.readCosts(orgId, window, costs),
    ]);
    const known = read && costs;
    const margins = marginsOf(jobs, known, read ?? {});
    return {
      margins,
      totals: marginTotals(margins, known),
      costs: known,
      books: read?.books ?? { environment: await this.mirror.environment(orgId), realmId: null },
    };
  }

  /** Up to the end of the month where nothing is said, as in the report of revenue: what is earned later is not yet. */
  private async revenueOf(orgId: number, window: RevenueWindow): Promise<JobRevenue[]> {
    await this.posting.catchUp(orgId);
    const month = dayInZone(this.clock.now(), window.timeZone).slice(0, 7);
    return this.revenue.listRevenue(orgId, { ...window, to: window.to ?? lastDayOf(month) });
  }

  /** Adds what there is, and says in whose books, and of which jobs nothing is known; null without a company. */
  private async readCosts(
    orgId: number,
    window: RevenueWindow,
    costs: JobCosts,
  ): Promise<Pick<KnownCosts, 'books' | 'unread' | 'lacksAccounts'> | null> {
    const known = await this.bills.known(orgId, window);
    if (!known) return null;
    for await (const batch of known.batches) costs.add(batch);
    for (const former of known.former) for await (const batch of former) costs.add(batch, { isFormer: true });
    return known;
  }
}
