import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { partsByCode, type TaxCodePart } from '../../../invoices/refund-tax.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';

/** Which tax codes invoices of ours have in QuickBooks, where a bookkeeper can have given their lines others. */
@Injectable()
export class InvoiceTaxCodesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly refresh: InvoiceRefreshService,
  ) {}

  /** Null where QuickBooks does not say it of the invoice as it is known here. Throws QboError. */
  async partsOf(
    company: QboCompany,
    { qboInvoiceId, qboRealmId, taxCents }: Invoice,
  ): Promise<TaxCodePart[] | null> {
    if (qboInvoiceId === null || qboRealmId !== company.realmId) return null;
    const snapshot = await this.refresh.snapshot(company, qboInvoiceId);
    if (snapshot.deleted || snapshot.invoice.taxCents !== taxCents) return null;
    const { itemLines, taxLines } = snapshot.invoice;
    return itemLines && taxLines && partsByCode(itemLines, taxLines);
  }

  /** The one code that taxes the newest invoice over work of a proposal; null where none does, or several. */
  async codeOfWork(company: QboCompany, proposalId: number): Promise<string | null> {
    const all = await this.invoices.listNewest(this.dataSource.manager, company.orgId, proposalId);
    const newest = all.findLast(
      (one) => (one.kind === 'final' || one.kind === 'progress') && one.qboInvoiceId !== null && isLive(one),
    );
    const [part, ...others] = (newest && (await this.partsOf(company, newest))) ?? [];
    return part && others.length === 0 ? part.taxCode : null;
  }
}
