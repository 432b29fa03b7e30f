import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import { counts, unreleasedDepositCents } from '../../../../contracts/billing/contract-standing.js';
import type { InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import { sumCents } from '../../../../platform/money/cents.js';
import { ProposalsRepository } from '../../../../proposals/proposals.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { RefundDraft } from '../../../api/model/qbo-objects.js';
import type { OutboundOperation } from '../../../operations/operation.entity.js';
import { OperationTriesRepository } from '../../../operations/operation-tries.repository.js';
import { addressOf } from '../../invoices/invoice-draft.js';
import { InvoiceItemsService } from '../../invoices/invoice-items.service.js';
import { InvoiceTaxCodesService } from '../../invoices/invoice-tax-codes.service.js';
import { RefundStepsRepository } from './refund-steps.repository.js';
import {
  refundedByCode,
  type RefundedTax,
  type RefundOfPayment,
  refundedTax,
  type TaxedInvoice,
  taxOnPart,
} from '../../../../invoices/refund-tax.js';

/** By what a refund goes off the books. */
interface RefundBooks {
  by: Pick<RefundDraft, 'itemId' | 'taxCode' | 'amountsAre' | 'taxed' | 'shipTo'>;
  /** Of a deposit that is owed to the customer: nothing of it is held any more, and its refund comes off income. */
  ofReleased?: boolean;
}

interface RefundOfInvoice extends RefundOfPayment {
  /** That of what we tax. */
  taxCode: string;
  isVat: boolean;
}

/** Finds by which item and with which tax a refund goes off the books: as the invoice that was paid came onto them. */
@Injectable()
export class RefundBooksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contracts: ContractsService,
    private readonly invoices: InvoicesRepository,
    private readonly proposals: ProposalsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly items: InvoiceItemsService,
    private readonly codes: InvoiceTaxCodesService,
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
    const ofReleased = kind === 'deposit' ? await this.isReleased(step) : undefined;
    const kept = ofReleased === undefined ? {} : { ofReleased };
    const bookedAs = ofReleased ? 'final' : kind;
    const { taxedCode, ...item } = await this.items.ensureForRefund(company, proposalId, bookedAs);
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    const isVat = item.amountsAre !== undefined;
    const refund = { amountCents, beforeCents, taxCode: taxedCode, isVat };
    const taxed = invoice && (await this.taxedPart(company, invoice, refund));
    if (!taxed) return { by: item, ...kept };
    const siteAddress = (await this.proposals.findInOrg(manager, orgId, proposalId))?.siteAddress;
    const by = {
      ...item,
      ...(isVat ? { amountsAre: 'with_tax' as const } : {}),
      ...(siteAddress ? { shipTo: addressOf(siteAddress) } : {}),
      taxed,
    };
    return { by, ...kept };
  }

  /** What of a refund was taxed: by the codes that the invoice has in QuickBooks, where it says what each comes to. */
  private async taxedPart(
    company: QboCompany,
    invoice: Invoice,
    { taxCode, isVat, ...refund }: RefundOfInvoice,
  ): Promise<RefundDraft['taxed'] | null> {
    const sent = await this.taxedOf(invoice);
    if (sent.taxCents <= 0) return null;
    const contract = await this.contracts.find(invoice.orgId, invoice.proposalId);
    const countedBy = contract?.taxMode === 'ours' ? 'us' : 'quickbooks';
    const parts = countedBy === 'us' ? null : await this.codes.partsOf(company, invoice);
    const billed = parts ? { ...sent, taxedCents: sumCents(parts.map((one) => one.netCents)) } : sent;
    if (isVat && parts?.some((one) => one.taxCode !== taxCode)) {
      const back = refundedByCode(billed, parts, refund);
      const netCents = sumCents(back.map((one) => one.netCents));
      const taxCents = sumCents(back.map((one) => one.taxCents));
      const byCode = back.map((one) => ({ taxCode: one.taxCode, cents: one.netCents + one.taxCents }));
      return back.length === 0 ? null : { netCents, taxCents, taxCode, countedBy, byCode };
    }
    const tax = refundedTax(billed, refund);
    const isCountedThere = countedBy === 'quickbooks' && !isVat;
    const taxOf = ({ netCents, taxCents }: RefundedTax): number =>
      isCountedThere ? taxOnPart(billed, netCents) : taxCents;
    return tax && { netCents: tax.netCents, taxCents: taxOf(tax), taxCode, countedBy };
  }

  /** True where nothing of a deposit is held any more; undefined where deposits are income. */
  private async isReleased({
    orgId,
    id,
    payload,
  }: OutboundOperation<'refund.create'>): Promise<boolean | undefined> {
    const { proposalId } = payload.fact;
    const contract = await this.contracts.find(orgId, proposalId);
    if (contract?.depositMode !== 'liability') return undefined;
    const { invoices } = await this.contracts.statusOf(this.dataSource.manager, contract);
    const isBilled = invoices.some((one) => one.kind === 'deposit' && counts(one));
    if (!isBilled) return false;
    return unreleasedDepositCents(invoices) <= (await this.steps.heldCents(orgId, proposalId, id));
  }

  private async taxedOf({ orgId, id, currency, totalCents, taxCents }: Invoice): Promise<TaxedInvoice> {
    const lines = await this.invoices.linesOf(this.dataSource.manager, orgId, [id]);
    const taxedCents = sumCents(lines.filter(({ kind }) => kind === 'work').map((line) => line.amountCents));
    return { currency, totalCents: totalCents ?? 0, taxCents: taxCents ?? 0, taxedCents };
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
