import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { agingUnexplained } from '../../messages/reasons/books-reasons.js';
import { compareAgingStep } from '../../messages/next-steps.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import type { AgedReport } from '../../qbo-sync/api/mappers/reading/aged-report.js';
import type { QboCompany } from '../../qbo-sync/api/model/qbo-company.js';
import { QboDocumentsClient } from '../../qbo-sync/api/qbo-documents.client.js';
import type { OpenDocument } from '../aging/aging.js';
import { OpenDocumentsRepository } from '../aging/open-documents.repository.js';
import type { OpenOn } from '../aging/open-documents-sql.js';
import { CompanyMirrorService } from '../company-mirror.service.js';
import type { CountedByAccount } from '../counted-by-account.js';
import { dayOf } from '../report-day.js';
import { type AgingComparison, compareAging, type MirroredInvoice } from './aging-comparison.js';
import { MirroredInvoicesRepository } from './mirrored-invoices.repository.js';
import type { BooksOf } from '../../messages/quickbooks-links.js';

export interface ComparisonReport {
  asOf: CalendarDay;
  /** The company's home currency: its report knows no other. */
  currency: string;
  /** Whose report it is. */
  company: BooksOf;
  /** What the mirror lacks of it, as its chart of accounts may not be read. */
  lacks: readonly CountedByAccount[];
  comparison: AgingComparison;
}

/** A document that changes while the report is made is read again, so often. */
const TRIES = 2;

/** QuickBooks' report of receivables against the CRM's. Costs two metered reads: what changed, and the report. */
@Injectable()
export class AgingComparisonService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly mirror: CompanyMirrorService,
    private readonly open: OpenDocumentsRepository,
    private readonly facts: MirroredInvoicesRepository,
    private readonly quickBooks: QboDocumentsClient,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Compares the end of a day, today where none is named. A difference without a reason comes before a person, and is
   * taken away by a later comparison of that day that has none. Throws `conflict` where QuickBooks is not connected or
   * its documents are still being read, and QboError.
   */
  async compare(orgId: number, asked: string | undefined): Promise<ComparisonReport> {
    const { timeZone, companyCurrency, currency } = await this.settings.get(orgId);
    const homeCurrency = companyCurrency ?? currency;
    const today = dayInZone(this.clock.now(), timeZone);
    const asOf = dayOf('as_of', asked, today);
    const question: OpenOn = { orgId, asOf, isNow: asOf >= today, timeZone, currency: null };
    let compared = await this.once(question, { timeZone, homeCurrency });
    for (let tries = 1; tries < TRIES && compared.comparison.unexplainedCents !== 0; tries += 1) {
      compared = await this.once(question, { timeZone, homeCurrency });
    }
    await this.tell(orgId, asOf, homeCurrency, compared);
    return { asOf, currency: homeCurrency, ...compared };
  }

  private async once(
    question: OpenOn,
    { timeZone, homeCurrency }: { timeZone: string; homeCurrency: string },
  ): Promise<Pick<ComparisonReport, 'company' | 'lacks' | 'comparison'>> {
    const { orgId, asOf } = question;
    const company = await this.mirror.fresh(orgId, this.clock.now());
    const report: AgedReport = await this.quickBooks.agedReceivables(company, asOf);
    const ours = await this.open.listOurs(question);
    const mirror = await this.open.listOfCompany(question, { realmId: company.realmId, homeCurrency });
    const facts = await this.factsOf(company, ours, mirror, { asOf, timeZone });
    const { env: environment, realmId } = company;
    const comparison = compareAging({ asOf, homeCurrency, realmId, ours, mirror, facts, report });
    return { company: { environment, realmId }, lacks: await this.mirror.lacks(company), comparison };
  }

  private async factsOf(
    { orgId, realmId }: QboCompany,
    ours: readonly OpenDocument[],
    mirror: readonly OpenDocument[],
    day: { asOf: CalendarDay; timeZone: string },
  ): Promise<ReadonlyMap<string, MirroredInvoice>> {
    const inThis = ours.filter((document) => (document.realmId ?? realmId) === realmId);
    const here = new Map(inThis.map((document) => [document.qboId, standing(document)]));
    const there = new Map(mirror.map((document) => [document.qboId, standing(document)]));
    const own = [...inThis, ...mirror.filter(({ invoiceId }) => invoiceId !== null)];
    const differing = own.map(({ qboId }) => qboId!).filter((id) => here.get(id) !== there.get(id));
    const facts = await this.facts.list(orgId, realmId, [...new Set(differing)], day);
    return new Map(facts.map((fact) => [fact.qboId, fact]));
  }

  private async tell(
    orgId: number,
    asOf: CalendarDay,
    currency: string,
    { comparison, lacks }: Pick<ComparisonReport, 'comparison' | 'lacks'>,
  ): Promise<void> {
    const { unexplainedCents: cents, unexplained } = comparison;
    const subject = `report.aging:${asOf}`;
    await this.dataSource.transaction(async (tx) => {
      if (cents === 0) return this.inbox.resolveSubject(tx, orgId, subject);
      await this.inbox.open(tx, {
        orgId,
        subject,
        code: 'aging_unexplained',
        reason: agingUnexplained(asOf, { cents, currency }, unexplained.length),
        nextStep: compareAgingStep(asOf, lacks.length > 0),
      });
    });
  }
}

/** Two documents of the same standing make the same amount in the home currency. */
function standing({ openCents, exchangeRate }: OpenDocument): string {
  return `${openCents} at ${exchangeRate ?? 1}`;
}
