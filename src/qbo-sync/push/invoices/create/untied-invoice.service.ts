import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { InvoiceProjectorService } from '../../../pull/invoices/invoice-projector.service.js';
import { InvoiceRecordsRepository } from '../../../pull/invoices/invoice-records.repository.js';
import { InvoiceRefreshService } from '../../../pull/invoices/invoice-refresh.service.js';
import { totalWithTaxCents } from '../references/invoice-tax.js';
import { InvoiceTriesService } from './invoice-tries.service.js';

/**
 * An invoice that was made in QuickBooks and whose link somebody took out of the database: asked for again, it would be
 * waited for in vain, or made a second time.
 */
@Injectable()
export class UntiedInvoiceService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly tries: InvoiceTriesService,
    private readonly records: InvoiceRecordsRepository,
    private readonly projector: InvoiceProjectorService,
    private readonly refresh: InvoiceRefreshService,
  ) {}

  /** Ties it to its proposal again, as it is by now, unless another proposal has it. */
  async tieAgain(company: QboCompany, proposal: Lead, key: InvoiceKey): Promise<void> {
    const made = await this.tries.newest(proposal, key);
    if (!made || !(await this.tries.isUntied(company, made))) return;
    const { invoice, operation } = made;
    const qboInvoiceId = operation.qboId!;
    const snapshot = await this.refresh.snapshot(company, qboInvoiceId);
    const { payload } = operation;
    const sentCents = payload.lines
      ? totalWithTaxCents(payload, snapshot.deleted ? { taxCents: 0 } : snapshot.invoice)
      : (invoice.amountCents ?? 0);
    const applied = await this.dataSource.transaction(async (tx) => {
      await this.proposals.getLeadForUpdate(tx, company.orgId, proposal.id);
      const elsewhere = await this.records.listByQboIds(tx, company, [qboInvoiceId]);
      const link = { qboInvoiceId, sentCents };
      if (elsewhere.length > 0 || !(await this.projector.link(tx, company, invoice.id, link))) return null;
      return this.projector.applyIn(tx, company, [snapshot]);
    });
    if (!applied) return;
    this.projector.count(applied);
    await this.refresh.apply(company, [snapshot]); // with the payments on it
  }
}
