import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import type { FormerTimeZone } from '../../orgs/time-zones/day-of-org-sql.js';
import { inBatches } from '../../platform/database/in-batches.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { type LedgerEntry, LedgerRepository } from './ledger.repository.js';
import { type PaymentParticulars, PaymentParticularsRepository } from './payment-particulars.repository.js';
import type { PaymentFilter } from './payment-filter-sql.js';
import { PaymentSearchRepository, type PaymentsWindow } from './payment-search.repository.js';
import { PaymentsRepository } from './payments.repository.js';

/** A payment as people are shown it. */
export interface ShownEntry extends LedgerEntry {
  particulars: PaymentParticulars;
}

export type PaymentQuestion = Omit<PaymentFilter, 'timeZone'>;

/** All payments that fit, and by which time zones their days go. */
export interface PaymentExport {
  timeZone: string;
  formerTimeZones: readonly FormerTimeZone[];
  batches: AsyncGenerator<ShownEntry[]>;
}

/** A CSV file is read in so many payments at once. */
const CSV_BATCH = 1_000;

/** Reads the payments of an organisation with all that became of them. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly payments: PaymentsRepository,
    private readonly search: PaymentSearchRepository,
    private readonly ledger: LedgerRepository,
    private readonly particulars: PaymentParticularsRepository,
  ) {}

  /** Newest first; one more than asked for, so that a page knows of the next. */
  async list(orgId: number, window: Omit<PaymentsWindow, 'timeZone'>): Promise<ShownEntry[]> {
    const { timeZone } = await this.settings.get(orgId);
    return this.shownOf(
      orgId,
      await this.search.page(this.dataSource.manager, orgId, { ...window, timeZone }),
    );
  }

  /**
   * Every one that fits now, newest first, in batches that are read when they are wanted, and in which time zones their
   * days are.
   */
  async export(orgId: number, filter: PaymentQuestion): Promise<PaymentExport> {
    const { timeZone, formerTimeZones } = await this.settings.get(orgId);
    const ids = await this.search.all(this.dataSource.manager, orgId, { ...filter, timeZone });
    const batches = inBatches(orgId, ids, CSV_BATCH, (some) => this.shownOf(orgId, some));
    return { timeZone, formerTimeZones, batches };
  }

  /** Throws where the organisation has no such payment. */
  async get(orgId: number, id: number): Promise<ShownEntry> {
    const payment = await this.payments.find(this.dataSource.manager, orgId, id);
    if (!payment) throw notFound('payment', id);
    return this.show(orgId, await this.ledger.entryOf(this.dataSource.manager, payment));
  }

  async show(orgId: number, entry: LedgerEntry): Promise<ShownEntry> {
    const [shown] = await this.shown(orgId, [entry]);
    return shown!;
  }

  private async shownOf(orgId: number, ids: readonly number[]): Promise<ShownEntry[]> {
    const { manager } = this.dataSource;
    const payments = await this.payments.listOf(manager, orgId, ids);
    return this.shown(orgId, await this.ledger.entriesOf(manager, payments));
  }

  private async shown(orgId: number, entries: readonly LedgerEntry[]): Promise<ShownEntry[]> {
    const ids = entries.map(({ payment }) => payment.id);
    const particulars = await this.particulars.of(this.dataSource.manager, orgId, ids);
    return entries.map((entry) => ({ ...entry, particulars: particulars.get(entry.payment.id)! }));
  }
}
