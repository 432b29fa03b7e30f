import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { CompanyMirrorService } from '../company-mirror.service.js';
import { dayOf } from '../report-day.js';
import { type Aging, agingOf, type OpenDocument } from './aging.js';
import { OpenDocumentsRepository } from './open-documents.repository.js';

export interface AgingQuestion {
  asOf: string | undefined;
  scope: 'ours' | 'company';
  group: 'customer' | 'invoice';
  currency: string | undefined;
}

export interface AgingReport {
  head: { asOf: CalendarDay; timeZone: string; scope: 'ours' | 'company' };
  aging: Aging;
}

/** Receivables by how late they are, at the end of a day in the organisation's time zone. */
@Injectable()
export class AgingService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly mirror: CompanyMirrorService,
    private readonly open: OpenDocumentsRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws `conflict` where all of the company is asked for and its mirror cannot be read yet. */
  async report(orgId: number, { asOf, scope, group, currency }: AgingQuestion): Promise<AgingReport> {
    const settings = await this.settings.get(orgId);
    const { timeZone } = settings;
    const today = dayInZone(this.clock.now(), timeZone);
    const day = dayOf('as_of', asOf, today);
    const question = { orgId, asOf: day, isNow: day >= today, currency: currency ?? null };
    const documents =
      scope === 'ours'
        ? [...(await this.open.listOurs(question)), ...(await this.creditsOfOurs(question))]
        : await this.ofCompany(question);
    return { head: { asOf: day, timeZone, scope }, aging: agingOf(documents, day, group) };
  }

  /** Every open document of the company, for a report or a comparison. */
  async ofCompany(question: {
    orgId: number;
    asOf: CalendarDay;
    isNow: boolean;
    currency: string | null;
  }): Promise<OpenDocument[]> {
    const { realmId } = await this.mirror.fresh(question.orgId);
    const { companyCurrency, currency } = await this.settings.get(question.orgId);
    return this.open.listOfCompany(question, realmId, companyCurrency ?? currency);
  }

  /** What customers of ours have over, as far as a mirror knows it. */
  private async creditsOfOurs(question: {
    orgId: number;
    asOf: CalendarDay;
    isNow: boolean;
    currency: string | null;
  }): Promise<OpenDocument[]> {
    const company = await this.mirror.known(question.orgId);
    if (company === null) return [];
    const { companyCurrency, currency } = await this.settings.get(question.orgId);
    const all = await this.open.listOfCompany(question, company.realmId, companyCurrency ?? currency);
    return all.filter(({ openCents, customerId }) => openCents < 0 && customerId !== null);
  }
}
