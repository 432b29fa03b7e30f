import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { invalid } from '../../platform/errors/validation.pipe.js';
import { CompanyMirrorService } from '../../reports/company-mirror.service.js';
import { optionalDay } from '../../reports/report-day.js';
import { RevenuePostingService } from '../../revenue/events/revenue-posting.service.js';
import { BillsService } from '../bills.service.js';
import { JobCosts } from './job-costs.js';
import { type Margin, marginOf, type MarginTotal, marginTotals, type MarginWindow } from './margin.js';
import { MarginRepository } from './margin.repository.js';
import type { BooksOf } from '../../messages/quickbooks-links.js';

export interface MarginReport {
  margins: Margin[];
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
    const always = { from: null, to: null };
    const find = () => this.revenue.listRevenue(orgId, { ...always, timeZone, proposalId });
    if ((await find()).length === 0) throw notFound('contract of proposal', proposalId);
    await this.posting.bringUpToDate(orgId);
    return this.reportOf(orgId, await find(), { ...always, proposalId });
  }

  /** Throws `invalid` for days that are none or turned. */
  async report(orgId: number, from: string | undefined, to: string | undefined): Promise<MarginReport> {
    const days = { from: optionalDay('from', from), to: optionalDay('to', to) };
    if (days.from !== null && days.to !== null && days.from > days.to) {
      throw invalid([{ field: 'to', message: 'to must not be before from' }]);
    }
    const { timeZone } = await this.settings.get(orgId);
    await this.posting.bringUpToDate(orgId);
    const jobs = await this.revenue.listRevenue(orgId, { ...days, timeZone, proposalId: null });
    return this.reportOf(orgId, jobs, { ...days, proposalId: null });
  }

  private async reportOf(
    orgId: number,
    jobs: Awaited<ReturnType<MarginRepository['listRevenue']>>,
    window: MarginWindow & { proposalId: number | null },
  ): Promise<MarginReport> {
    const known = await this.bills.known(orgId, window);
    const costs = known && new JobCosts();
    for await (const bills of known?.batches ?? []) costs!.add(bills);
    const margins = jobs.map((job) => marginOf(job, costs));
    const books = known?.books ?? { environment: await this.mirror.environment(orgId), realmId: null };
    return { margins, totals: marginTotals(margins, costs), costs, books };
  }
}
