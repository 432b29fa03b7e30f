import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContractsService } from '../../../contracts/contracts.service.js';
import { counts, unreleasedDepositCents } from '../../../contracts/standing.js';
import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { sumCents } from '../../../platform/money/cents.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { RefundDraft } from '../../api/model/qbo-objects.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { addressOf } from '../invoices/invoice-draft.js';
import { InvoiceItemsService } from '../invoices/invoice-items.service.js';
import { refundedTax, type TaxedInvoice, taxOnPart } from '../../../invoices/refund-tax.js';

/** By what a refund goes off the books. */
type RefundBooks = Pick<RefundDraft, 'itemId' | 'taxCode' | 'amountsAre' | 'taxed' | 'shipTo'>;

/** Finds by which item and with which tax a refund goes off the books: as the invoice that was paid came onto them. */
@Injectable()
export class RefundBooksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contracts: ContractsService,
    private readonly invoices: InvoicesRepository,
    private readonly proposals: ProposalsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly items: InvoiceItemsService,
  ) {}

  /** Throws QboError where the item cannot be had. */
  async of(
    company: QboCompany,
    step: OutboundOperation<'refund.create'>,
    { kind, sequence }: InvoiceKey,
  ): Promise<RefundBooks> {
    const { orgId } = company;
    const { fact, amountCents } = step.payload;
    const { proposalId } = fact;
    const { manager } = this.dataSource;
    const beforeCents = await this.refundedBefore(step);
    const isIncome = kind === 'deposit' && (await this.isReleased(orgId, proposalId, beforeCents));
    const bookedAs = isIncome ? 'final' : kind;
    const { taxedCode, ...item } = await this.items.ensureForRefund(company, proposalId, bookedAs);
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    const billed = invoice && (await this.taxedOf(invoice));
    const tax = billed && refundedTax(billed, { amountCents, beforeCents });
    if (!tax) return item;
    const contract = await this.contracts.find(orgId, proposalId);
    const countedBy = contract?.taxMode === 'ours' ? 'us' : 'quickbooks';
    const isCountedThere = countedBy === 'quickbooks' && item.amountsAre === undefined;
    const taxCents = isCountedThere ? taxOnPart(billed, tax.netCents) : tax.taxCents;
    const siteAddress = (await this.proposals.findInOrg(manager, orgId, proposalId))?.siteAddress;
    return {
      ...item,
      ...(item.amountsAre === undefined ? {} : { amountsAre: 'with_tax' }),
      ...(siteAddress ? { shipTo: addressOf(siteAddress) } : {}),
      taxed: { netCents: tax.netCents, taxCents, taxCode: taxedCode, countedBy },
    };
  }

  /** True where nothing of a deposit is held any more: it was released to income, and its refund comes off that. */
  private async isReleased(orgId: number, proposalId: number, refundedCents: number): Promise<boolean> {
    const contract = await this.contracts.find(orgId, proposalId);
    if (contract?.depositMode !== 'liability') return false;
    const { invoices } = await this.contracts.get(orgId, proposalId);
    const isBilled = invoices.some((one) => one.kind === 'deposit' && counts(one));
    return isBilled && unreleasedDepositCents(invoices) <= refundedCents;
  }

  private async taxedOf({ orgId, id, totalCents, taxCents }: Invoice): Promise<TaxedInvoice> {
    const lines = await this.invoices.linesOf(this.dataSource.manager, orgId, [id]);
    const taxedCents = sumCents(lines.filter(({ kind }) => kind === 'work').map((line) => line.amountCents));
    return { totalCents: totalCents ?? 0, taxCents: taxCents ?? 0, taxedCents };
  }

  /** What earlier refunds of the payment came to. */
  private async refundedBefore({
    orgId,
    entityId,
    generation,
  }: OutboundOperation<'refund.create'>): Promise<number> {
    const steps = await this.tries.listOf('refund.create', orgId, entityId);
    const earlier = steps.filter((step) => step.generation < generation);
    return sumCents(earlier.map(({ payload }) => payload.amountCents));
  }
}
