import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notFound } from '../../../platform/errors/domain-error.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import type { InvoiceSnapshot } from './invoice-record.js';
import { InvoiceRecordsRepository } from './invoice-records.repository.js';
import { InvoiceRefreshService } from './invoice-refresh.service.js';
import { countSyncError } from './sync-errors.js';
import {
  INVOICE_NOT_LINKED,
  QBO_NOT_CONNECTED,
  INVOICE_IN_ANOTHER_COMPANY,
  invoiceOfAnother,
} from '../../../messages/invoice-check-messages.js';

/** What a check found, of the invoice that the proposal shows. */
export type InvoiceCheck =
  | { ok: true; changedToPaid: boolean; proposal: Lead }
  /** A soft failure, with a sentence for people. */
  | { ok: false; error: string };

/** Compares one proposal with its invoices, now, because a person asked. */
@Injectable()
export class InvoiceCheckService {
  private readonly logger = new Logger(InvoiceCheckService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly records: InvoiceRecordsRepository,
    private readonly refresh: InvoiceRefreshService,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Throws not found for a proposal that is not in this organisation; everything QuickBooks does wrong is an answer.
   */
  async check(orgId: number, proposalId: number): Promise<InvoiceCheck> {
    const tx = this.dataSource.manager;
    const lead = await this.proposals.findLeadInOrg(tx, orgId, proposalId);
    if (!lead) throw notFound('proposal', proposalId);
    const shown = await this.invoices.findShown(tx, lead);
    const company = await this.connections.company(orgId);
    const wasLooked = shown !== null && shown.qboRealmId !== null;
    const holder =
      company && lead.qboInvoiceId && !wasLooked && (await this.records.findHolder(tx, company, lead));
    if (holder) return { ok: false, error: invoiceOfAnother(lead.qboInvoiceId!, holder) };
    if (!shown) return { ok: false, error: INVOICE_NOT_LINKED };
    if (!company) return { ok: false, error: QBO_NOT_CONNECTED };
    if (!isIn(company, shown)) {
      return { ok: false, error: INVOICE_IN_ANOTHER_COMPANY };
    }
    try {
      const made = (await this.invoices.listMade(tx, orgId, [proposalId])).filter((one) =>
        isIn(company, one),
      );
      const others = made.filter(({ id, state }) => id !== shown.id && state !== 'deleted');
      const changedToPaid = await this.compare(company, [shown, ...others]);
      const proposal = await this.proposals.findLeadInOrg(tx, orgId, proposalId);
      return { ok: true, changedToPaid, proposal: proposal! };
    } catch (error) {
      countSyncError(this.metrics, orgId, error);
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, proposalId }, 'poll_invoice_status failed');
      return { ok: false, error: error.message };
    }
  }

  /** Answers whether any of them became paid. */
  private async compare(company: QboCompany, invoices: readonly Invoice[]): Promise<boolean> {
    const snapshots: InvoiceSnapshot[] = [];
    for (const { qboInvoiceId } of invoices) {
      snapshots.push(await this.refresh.snapshot(company, qboInvoiceId!));
    }
    const { changes } = await this.refresh.apply(company, snapshots);
    return changes.some((change) => change.event === 'invoice_paid');
  }
}

/** A link made by hand has no company yet: it is taken to be in the connected one. */
function isIn({ realmId }: QboCompany, { qboRealmId }: Invoice): boolean {
  return qboRealmId === null || qboRealmId === realmId;
}
