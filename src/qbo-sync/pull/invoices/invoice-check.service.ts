import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notFound } from '../../../platform/errors/domain-error.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InvoiceRefreshService } from './invoice-refresh.service.js';
import { syncErrorStage } from './sync-error-stage.js';

/** What a check of one invoice found. A soft failure is an answer with a sentence for people. */
export type InvoiceCheck =
  { ok: true; changedToPaid: boolean; proposal: Lead } | { ok: false; error: string };

/** Compares one proposal with its invoice, now, because a person asked. */
@Injectable()
export class InvoiceCheckService {
  private readonly logger = new Logger(InvoiceCheckService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly connections: ConnectionService,
    private readonly refresh: InvoiceRefreshService,
    private readonly metrics: MetricsService,
  ) {}

  /** Throws not found for a proposal that is not in this organisation; everything QuickBooks does wrong is an answer. */
  async check(orgId: number, proposalId: number): Promise<InvoiceCheck> {
    const lead = await this.proposals.findLeadInOrg(this.dataSource.manager, orgId, proposalId);
    if (!lead) throw notFound('proposal', proposalId);
    if (!lead.qboInvoiceId) return { ok: false, error: 'No QBO invoice linked' };
    const company = await this.connections.company(orgId);
    if (!company) return { ok: false, error: 'QBO not connected' };
    if (lead.qboRealmId && lead.qboRealmId !== company.realmId) {
      return { ok: false, error: 'The invoice is in another QuickBooks company than the one connected' };
    }
    try {
      const changedToPaid = await this.compare(company, lead.qboInvoiceId);
      const proposal = await this.proposals.findLeadInOrg(this.dataSource.manager, orgId, proposalId);
      return { ok: true, changedToPaid, proposal: proposal! };
    } catch (error) {
      this.metrics.count('crm_invoice_sync_errors_total', { org_id: orgId, stage: syncErrorStage(error) });
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, proposalId }, 'poll_invoice_status failed');
      return { ok: false, error: error.message };
    }
  }

  private async compare(company: QboCompany, invoiceId: string): Promise<boolean> {
    const { changes } = await this.refresh.apply(company, [await this.refresh.snapshot(company, invoiceId)]);
    return changes.some((change) => change.event === 'invoice_paid');
  }
}
