import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import type { FormerTimeZone } from '../time-zones/day-of-org-sql.js';
import { auditedSettings } from './audited-settings.js';
import { zoneAt } from '../time-zones/zone-at.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Registrations } from '../../platform/registrations.js';
import { Clock } from '../../platform/time/clock.js';
import {
  type CustomerMatchSetting,
  DEFAULT_CURRENCY,
  type DepositMode,
  type RevenuePolicy,
  type StoredOrgSettings,
  type TaxMode,
} from './org-settings.entity.js';
import { type OrgSettingsChange, OrgSettingsRepository } from './org-settings.repository.js';
import type { ReminderSettings } from './reminder-times.js';

/** What is written on the papers of an organisation; null where it has none. */
export interface CompanyPapers {
  /** Of several lines, like the terms. */
  readonly address: string | null;
  readonly phone: string | null;
  readonly terms: string | null;
}

/** How one organisation works, with the installation's defaults filled in. */
export interface OrgSettings {
  /** A Stripe payment is also posted to QuickBooks. */
  readonly recordPayments: boolean;
  /** Part of a proposal that is asked for as deposit: above 0, at most 100, two decimals. */
  readonly depositPercent: number;
  /** QuickBooks product or service of the invoice line. */
  readonly depositItemName: string;
  /** Days from an invoice to its due date. */
  readonly termsDays: number;
  /** Proposals approved before this day, in the organisation's time zone, get no invoice. */
  readonly invoicesFrom: CalendarDay | null;
  /** IANA name. */
  readonly timeZone: string;
  /** Those that it had before; what happened then keeps its day. */
  readonly formerTimeZones: readonly FormerTimeZone[];
  readonly customerMatch: CustomerMatchSetting;
  /** Of its proposals: that of the connected company, else what it chose, else USD. ISO 4217. */
  readonly currency: string;
  /** The home currency of the connected QuickBooks company; null while none is connected, or it is not known yet. */
  readonly companyCurrency: string | null;
  readonly depositMode: DepositMode;
  /** Of contracts approved from now on. */
  readonly revenuePolicy: RevenuePolicy;
  /** What is kept back of a progress invoice: 0 to 100, two decimals. */
  readonly retainagePercent: number;
  readonly taxMode: TaxMode;
  /** The rate of tax mode `ours`: 0 to 100, two decimals. */
  readonly taxPercent: number;
  /** Ids of tax codes in QuickBooks, outside the US. */
  readonly taxCode: string | null;
  readonly exemptTaxCode: string | null;
  /** Ids of the class and the location in QuickBooks that invoices are of. */
  readonly classId: string | null;
  readonly locationId: string | null;
  readonly papers: CompanyPapers;
  /** The Stripe account that its customers pay into, connected to the installation's; null: the installation's own. */
  readonly stripeAccountId: string | null;
  /** When customers are reminded of invoices that are due; null: never. */
  readonly reminders: ReminderSettings | null;
}

type ChangeListener = (tx: EntityManager, orgId: number) => Promise<void>;

/** Knows how each organisation wants to work. What it did not choose follows the installation's environment. */
@Injectable()
export class OrgSettingsService {
  private readonly listeners = new Registrations<ChangeListener>('act on changed settings as');

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsRepository,
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Tells the day of an instant in the time zone that the organisation had then: its day in every report. */
  async daysThen(orgId: number, tx: EntityManager): Promise<(instant: Date) => CalendarDay> {
    const stored = await this.settings.get(tx, orgId);
    return (instant) => dayInZone(instant, zoneAt(instant, stored));
  }

  /** What is in force for the organisation; inside a transaction, pass it. */
  async get(orgId: number, tx: EntityManager = this.dataSource.manager): Promise<OrgSettings> {
    const stored = await this.settings.get(tx, orgId);
    return {
      recordPayments: stored.recordPayments ?? this.config.orgDefaults.recordPayments,
      depositPercent: stored.depositPercent ?? this.config.orgDefaults.depositPercent,
      depositItemName: stored.depositItemName ?? this.config.orgDefaults.depositItemName,
      termsDays: stored.termsDays,
      invoicesFrom: stored.invoicesFrom,
      timeZone: stored.timeZone,
      formerTimeZones: stored.formerTimeZones,
      customerMatch: stored.customerMatch,
      currency: currencyOf(stored),
      companyCurrency: stored.companyCurrency,
      depositMode: stored.depositMode,
      revenuePolicy: stored.revenuePolicy,
      retainagePercent: stored.retainagePercent,
      taxMode: stored.taxMode,
      taxPercent: stored.taxPercent,
      taxCode: stored.taxCode,
      exemptTaxCode: stored.exemptTaxCode,
      classId: stored.classId,
      locationId: stored.locationId,
      papers: {
        address: stored.companyAddress,
        phone: stored.companyPhone,
        terms: stored.companyTerms,
      },
      stripeAccountId: stored.stripeAccountId,
      reminders: stored.reminders,
    };
  }

  /** The picture on its papers, as a `data:` address; null where it has none. */
  async logo(orgId: number, tx: EntityManager): Promise<string | null> {
    return this.settings.logoOf(tx, orgId);
  }

  /** What the organisation chose itself. */
  async getStored(orgId: number): Promise<StoredOrgSettings> {
    return this.settings.getWhole(this.dataSource.manager, orgId);
  }

  /** Has a service act on a change of an organisation's settings, in the transaction that makes it. */
  onChanged(service: object, listener: ChangeListener): void {
    this.listeners.addOf(service, listener);
  }

  /**
   * Changes what is given; the rest stays. `first` is part of it: all is changed, or nothing. It comes before, since
   * the row of the organisation is locked before its settings, as by who connects a company. Throws a conflict for
   * another currency than the connected company's.
   */
  async change(
    orgId: number,
    change: OrgSettingsChange,
    first?: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const isEmpty = Object.values(change).every((value) => value === undefined);
    await this.dataSource.transaction(async (tx) => {
      await first?.(tx);
      if (!isEmpty) await this.changeIn(tx, orgId, change);
    });
    if (!isEmpty) this.metrics.introduceCurrency(orgId, (await this.get(orgId)).currency);
  }

  /** Keeps the home currency of the connected company; null when none is connected any more. */
  async keepCompanyCurrency(tx: EntityManager, orgId: number, currency: string | null): Promise<void> {
    await this.settings.get(tx, orgId);
    await this.settings.update(tx, orgId, { companyCurrency: currency }, this.clock.now());
    // A series at 0 counts nothing, whether this is committed or not.
    if (currency !== null) this.metrics.introduceCurrency(orgId, currency);
  }

  /**
   * Another company is connected. Ids of tax codes, class and location are those of one company, and somebody else's in
   * another: what was chosen in the one before stays with it, and is back when it is.
   */
  async changeCompany(
    tx: EntityManager,
    orgId: number,
    companies: { from: string; to: string },
  ): Promise<void> {
    const stored = await this.settings.getForUpdate(tx, orgId);
    await this.settings.changeCoding(tx, stored, companies, this.clock.now());
    await this.recordChange(tx, stored);
  }

  /**
   * A QuickBooks connection begins: an organisation that has not chosen whether payments are posted keeps today's
   * default from here on, whatever the environment says later.
   */
  async keepPaymentDefault(tx: EntityManager, orgId: number): Promise<void> {
    await this.settings.fixRecordPayments(tx, orgId, this.config.orgDefaults.recordPayments);
  }

  private async changeIn(tx: EntityManager, orgId: number, change: OrgSettingsChange): Promise<void> {
    const stored = await this.settings.getForUpdate(tx, orgId);
    assertCurrencyFree(stored, change.currency);
    const now = this.clock.now();
    const { timeZone: zone } = stored;
    if ((change.timeZone ?? zone) !== zone)
      await this.settings.keepTimeZone(tx, orgId, { zone, until: now.toISOString() });
    await this.settings.update(tx, orgId, change, now);
    await this.recordChange(tx, stored);
    for (const listener of this.listeners.all()) await listener(tx, orgId);
  }

  private async recordChange(tx: EntityManager, before: StoredOrgSettings): Promise<void> {
    const { orgId } = before;
    const deed = { action: 'settings.updated', subject: `org:${orgId}` } as const;
    const after = await this.settings.getWhole(tx, orgId);
    await this.audit.recordChange(tx, orgId, deed, auditedSettings(before), auditedSettings(after));
  }
}

/** A choice beside the currency of a company would be kept and change nothing: its documents stay in its own. */
function assertCurrencyFree({ companyCurrency: home }: StoredOrgSettings, wanted?: string | null): void {
  if (home === null || wanted === undefined || wanted === null || wanted === home) return;
  throw new DomainError(
    'conflict',
    'currency_of_company',
    `The currency is ${home}, the home currency of the QuickBooks company, also while it is disconnected. ` +
      `Connect a company whose home currency is ${wanted} to work in that; a proposal may name ${wanted} by itself.`,
  );
}

/** The home currency of the connected company, else what was chosen, else USD. */
function currencyOf({
  companyCurrency,
  currency,
}: Pick<StoredOrgSettings, 'companyCurrency' | 'currency'>): string {
  return companyCurrency ?? currency ?? DEFAULT_CURRENCY;
}
