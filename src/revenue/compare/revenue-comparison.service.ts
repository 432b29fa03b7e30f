import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { DomainError, invalid } from '../../platform/errors/domain-error.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import type { QboCompany } from '../../qbo-sync/api/model/qbo-company.js';
import { QboClient } from '../../qbo-sync/api/qbo.client.js';
import { QboReportsClient } from '../../qbo-sync/api/qbo-reports.client.js';
import { ConnectionService } from '../../qbo-sync/connection/connection.service.js';
import { dayOf } from '../../reports/report-day.js';
import { RevenuePostingService } from '../events/revenue-posting.service.js';
import type { RevenueBasis } from '../revenue-basis.js';
import { bookedIncome } from './booked-income.js';
import { OurIncomeRepository } from './our-income.repository.js';
import { compareRevenue, type RevenueComparison } from './revenue-comparison.js';

export interface ComparedRevenue {
  company: QboCompany;
  from: CalendarDay;
  to: CalendarDay;
  currency: string;
  comparison: RevenueComparison;
}

/** Compares revenue with the income of QuickBooks' own profit and loss: two metered reads. */
@Injectable()
export class RevenueComparisonService {
  constructor(
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly reports: QboReportsClient,
    private readonly ours: OurIncomeRepository,
    private readonly posting: RevenuePostingService,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /** Throws `invalid` for days that are none, a conflict where no company is connected, and QboError. */
  async compare(
    orgId: number,
    question: { basis: RevenueBasis; from: string | undefined; to: string | undefined },
  ): Promise<ComparedRevenue> {
    const { timeZone, companyCurrency, currency: own } = await this.settings.get(orgId);
    const to = dayOf('to', question.to, dayInZone(this.clock.now(), timeZone));
    const from = dayOf('from', question.from, `${to.slice(0, 4)}-01-01`);
    if (from > to) throw invalid([{ field: 'from', message: 'from must not be after to' }]);
    const company = await this.connections.company(orgId);
    if (!company) {
      throw new DomainError(
        'conflict',
        'qbo_not_connected',
        'QuickBooks is not connected, so there is nothing to compare with. Connect it at /qbo/oauth/start.',
      );
    }
    await this.posting.catchUp(orgId);
    const { basis } = question;
    const income = await this.client.accounts.listOfType(company, 'Income');
    const report = await this.reports.run(company, 'ProfitAndLossDetail', {
      start_date: from,
      end_date: to,
      accounting_method: basis === 'accrual' ? 'Accrual' : 'Cash',
    });
    const currency = companyCurrency ?? own;
    const accounts = [
      ...income.read.flatMap(({ id, name }) => [id, name]),
      ...income.unreadable.map(({ id }) => id),
    ];
    const booked = bookedIncome(report, new Set(accounts));
    const ours = await this.ours.list(orgId, company.realmId, { basis, from, to }, booked);
    const comparison = compareRevenue(booked, ours, { homeCurrency: currency, basis });
    return { company, from, to, currency, comparison };
  }
}
