import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { type LedgerEntry, LedgerRepository } from './ledger.repository.js';
import { PaymentsRepository, type PaymentsWindow } from './payments.repository.js';

/** Reads the payments of an organisation with all that became of them. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
  ) {}

  /** Newest first; one more than asked for, so that a page knows of the next. */
  async list(orgId: number, window: Omit<PaymentsWindow, 'timeZone'>): Promise<LedgerEntry[]> {
    const { manager } = this.dataSource;
    const { timeZone } = await this.settings.get(orgId);
    const payments = await this.payments.list(manager, orgId, { ...window, timeZone });
    return this.ledger.entriesOf(manager, payments);
  }

  /** Throws where the organisation has no such payment. */
  async get(orgId: number, id: number): Promise<LedgerEntry> {
    const payment = await this.payments.find(this.dataSource.manager, orgId, id);
    if (!payment) throw notFound('payment', id);
    return this.ledger.entryOf(this.dataSource.manager, payment);
  }
}
