import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { Config } from '../../platform/config/config.js';
import { invalid } from '../../platform/errors/domain-error.js';
import { dayInZone, isMonth, lastDayOf } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { ConnectionService } from '../../qbo-sync/connection/connection.service.js';
import { dayOf } from '../../reports/report-day.js';
import { RevenuePostingService } from '../events/revenue-posting.service.js';
import { type RevenueQuestion, RevenueSumsRepository } from './revenue-sums.repository.js';
import type { DeferredReport, RevenueReport } from './revenue.view.js';

/** What is billed and earned by, as an accountant sees it on a report. */
const ITEM_LABELS: Readonly<Record<string, string>> = {
  work: 'Contract work',
  deposit: 'Deposits',
  retainage: 'Retainage',
  unapplied: 'Payments not applied to an invoice',
};

/** Revenue and deferred revenue, after posting what changed. */
@Injectable()
export class RevenueReportService {
  constructor(
    private readonly posting: RevenuePostingService,
    private readonly sums: RevenueSumsRepository,
    private readonly settings: OrgSettingsService,
    private readonly connections: ConnectionService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Throws `invalid` for a day that is none, or a `from` after `to`. */
  async revenue(
    orgId: number,
    question: Pick<RevenueQuestion, 'basis' | 'by' | 'item'> & {
      from: string | undefined;
      to: string | undefined;
    },
  ): Promise<RevenueReport> {
    const { timeZone, revenuePolicy: policy } = await this.settings.get(orgId);
    const month = dayInZone(this.clock.now(), timeZone).slice(0, 7);
    const to = dayOf('to', question.to, lastDayOf(month));
    const from = dayOf('from', question.from, `${to.slice(0, 4)}-01-01`);
    if (from > to) throw invalid([{ field: 'from', message: 'from must not be after to' }]);
    await this.posting.catchUp(orgId);
    const { basis, by, item } = question;
    const rows = await this.sums.listRevenue(orgId, { basis, by, from, to, item });
    const environment = await this.environmentOf(orgId);
    const labelled =
      by === 'item' ? rows.map((row) => ({ ...row, label: ITEM_LABELS[row.key] ?? row.key })) : rows;
    return { basis, by, from, to, policy, environment, rows: labelled };
  }

  /** Throws `invalid` for a month that is none. */
  async deferred(orgId: number, wanted: string | undefined): Promise<DeferredReport> {
    if (wanted !== undefined && !isMonth(wanted)) {
      throw invalid([{ field: 'month', message: 'month must be a month of the calendar, as 2026-03' }]);
    }
    const { timeZone } = await this.settings.get(orgId);
    const month = wanted ?? dayInZone(this.clock.now(), timeZone).slice(0, 7);
    await this.posting.catchUp(orgId);
    const rows = await this.sums.listDeferred(orgId, month);
    const jobs = await this.sums.listNamed(
      orgId,
      rows.map(({ proposalId }) => proposalId),
    );
    return { month, rows, jobs, environment: await this.environmentOf(orgId) };
  }

  /** Of the company that is connected, else of the installation. */
  private async environmentOf(orgId: number): Promise<RevenueReport['environment']> {
    return (await this.connections.company(orgId))?.env ?? this.config.qbo.env;
  }
}
