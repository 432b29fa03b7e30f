import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { invalid } from '../../platform/errors/validation.pipe.js';
import { CompanyMirrorService } from '../../reports/company-mirror.service.js';
import { optionalDay } from '../../reports/report-day.js';
import { RevenuePostingService } from '../../revenue/events/revenue-posting.service.js';
import { BillsService } from '../bills.service.js';
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
    const [jobs, books] = await Promise.all([
      this.revenueOf(orgId, window),
      this.readCosts(orgId, window, costs),
    ]);
    const known = books && costs;
    const margins = marginsOf(jobs, known);
    return {
      margins,
      totals: marginTotals(margins, known),
      costs: known,
      books: books ?? { environment: await this.mirror.environment(orgId), realmId: null },
    };
  }

  private async revenueOf(orgId: number, window: RevenueWindow): Promise<JobRevenue[]> {
    await this.posting.bringUpToDate(orgId);
    return this.revenue.listRevenue(orgId, window);
  }

  /** Adds what there is, and says in whose books; null where no company is connected. */
  private async readCosts(orgId: number, window: RevenueWindow, costs: JobCosts): Promise<BooksOf | null> {
    const known = await this.bills.known(orgId, window);
    for await (const batch of known?.batches ?? []) costs.add(batch);
    return known?.books ?? null;
  }
}
