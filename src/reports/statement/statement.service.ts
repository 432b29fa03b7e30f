import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { notFound, invalid } from '../../platform/errors/domain-error.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { dayOf, optionalDay } from '../report-day.js';
import type { CountedByAccount } from '../counted-by-account.js';
import { CompanyMirrorService } from '../company-mirror.service.js';
import { type Statement, statementOf } from './statement.js';
import { StatementRepository } from './statement.repository.js';

export interface CustomerStatement {
  customerId: number;
  from: CalendarDay | null;
  to: CalendarDay;
  /** What is not in it, as the chart of accounts may not be read. */
  lacks: readonly CountedByAccount[];
  statement: Statement;
  environment: 'sandbox' | 'production';
}

/**
 * What a customer was invoiced, what settled it, and what of the customer's money is on no invoice as far as the
 * documents of the company are mirrored. Nothing is read from QuickBooks.
 */
@Injectable()
export class StatementService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly statements: StatementRepository,
    private readonly mirror: CompanyMirrorService,
    private readonly clock: Clock,
  ) {}

  /** Days in the organisation's time zone. Throws `not_found`, and `invalid` where the days are none or turned. */
  async statement(
    orgId: number,
    customerId: number,
    days: { from: string | undefined; to: string | undefined },
  ): Promise<CustomerStatement> {
    if (!(await this.statements.hasCustomer(orgId, customerId))) throw notFound('customer', customerId);
    const settings = await this.settings.get(orgId);
    const { timeZone } = settings;
    const from = optionalDay('from', days.from);
    const to = dayOf('to', days.to, dayInZone(this.clock.now(), timeZone));
    if (from !== null && from > to) {
      throw invalid([{ field: 'to', message: 'to must not be before from' }]);
    }
    const company = await this.mirror.known(orgId);
    const books = company && {
      realmId: company.realmId,
      homeCurrency: settings.companyCurrency ?? settings.currency,
    };
    const onInvoices = await this.statements.list(orgId, customerId, timeZone, books);
    const onAccount = books ? await this.statements.listOnAccount(orgId, customerId, books) : [];
    const entries = [...onInvoices, ...onAccount];
    return {
      customerId,
      from,
      to,
      lacks: company ? await this.mirror.lacks(company) : [],
      statement: statementOf(entries, from, to),
      environment: await this.mirror.environment(orgId),
    };
  }
}
