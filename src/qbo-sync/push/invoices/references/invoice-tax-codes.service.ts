import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { isLive } from '../../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import { partsByCode, type TaxCodePart } from '../../../../invoices/tax-code-parts.js';
import { type CodeOfWork, codesOfWork } from '../../../../invoices/work-codes.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import { QboClient } from '../../../api/qbo.client.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import { InvoiceRefreshService } from '../../../pull/invoices/invoice-refresh.service.js';

/** Of an invoice that QuickBooks answers like this nothing is known; asked again, it says the same. */
const UNREADABLE: ReadonlySet<string> = new Set(['malformed', 'validation']);

/**
 * Which tax codes invoices of ours have in QuickBooks, where a bookkeeper can have given their lines others. Throws
 * QboError where it does not answer now; an invoice that cannot be read keeps nothing else from the books.
 */
@Injectable()
export class InvoiceTaxCodesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly refresh: InvoiceRefreshService,
    private readonly client: QboClient,
  ) {}

  /** Null where QuickBooks does not say it of the invoice as it is known here. */
  async partsOf(company: QboCompany, invoice: Invoice): Promise<TaxCodePart[] | null> {
    const read = await this.read(company, invoice);
    if (read?.taxCents !== invoice.taxCents) return null;
    const { itemLines, taxLines } = read;
    if (!itemLines || !taxLines) return null;
    const parts = partsByCode(itemLines, taxLines);
    if (parts || itemLines.some(({ taxCode }) => taxCode === null)) return parts;
    const codes = await this.readable(() => this.client.company.listTaxCodes(company));
    return partsByCode(itemLines, taxLines, codes);
  }

  /** The codes under which the newest invoice over work of a proposal has it; null where that is not known. */
  async codesOfWork(
    company: QboCompany,
    proposalId: number,
    lines: readonly { itemId: string }[],
  ): Promise<CodeOfWork[] | null> {
    const all = await this.invoices.listNewest(this.dataSource.manager, company.orgId, proposalId);
    const newest = all.findLast(
      (one) => (one.kind === 'final' || one.kind === 'progress') && one.qboInvoiceId !== null && isLive(one),
    );
    const read = newest ? await this.read(company, newest) : null;
    return read?.itemLines ? codesOfWork(read.itemLines, new Set(lines.map(({ itemId }) => itemId))) : null;
  }

  private async read(company: QboCompany, { qboInvoiceId, qboRealmId }: Invoice): Promise<QboInvoice | null> {
    if (qboInvoiceId === null || qboRealmId !== company.realmId) return null;
    const snapshot = await this.readable(() => this.refresh.snapshot(company, qboInvoiceId));
    return snapshot === null || snapshot.deleted ? null : snapshot.invoice;
  }

  private async readable<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof QboError && UNREADABLE.has(error.kind)) return null;
      throw error;
    }
  }
}
