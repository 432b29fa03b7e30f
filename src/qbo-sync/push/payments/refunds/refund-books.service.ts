import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import { counts, unreleasedDepositCents } from '../../../../contracts/billing/contract-standing.js';
import type { InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import { sumCents } from '../../../../platform/money/cents.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboRefund, RefundDraft } from '../../../api/model/qbo-objects.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { centsUnder } from '../../../pull/invoices/payments/refund-total.js';
import { addressOf } from '../../invoices/draft/invoice-draft.js';
import { InvoiceItemsService } from '../../invoices/references/invoice-items.service.js';
import { InvoiceTaxCodesService } from '../../invoices/references/invoice-tax-codes.service.js';
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
  by: Pick<RefundDraft, 'itemId' | 'taxCode' | 'amountsAre' | 'taxed' | 'shipTo' | 'released'>;
  /** Of a deposit that is owed to the customer: nothing of it is held any more, and its refund comes off income. */
  ofReleased?: boolean;
  /** Of such a deposit: what comes off income beside what is held still. */
  releasedCents?: number;
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

  /**
   * `made`: the receipt of it that is there already, which says by itself what it took off. Throws QboError where the
   * item cannot be had.
   */
  async of(
    company: QboCompany,
    step: OutboundOperation<'refund.create'>,
    { kind, sequence }: InvoiceKey,
    made: QboRefund | null,
  ): Promise<RefundBooks> {
    const { orgId } = company;
    const { fact, amountCents } = step.payload;
    const { proposalId } = fact;
    const { manager } = this.dataSource;
    const beforeCents = await this.refundedBefore(step);
    const heldCents = kind === 'deposit' ? await this.heldCents(step) : undefined;
    const there = made && heldCents !== undefined ? await this.splitOf(company, proposalId, made) : null;
    const ofReleased = heldCents !== undefined && (there?.heldCents ?? heldCents) <= 0;
    const bookedAs = ofReleased ? 'final' : kind;
    const { taxedCode, ...item } = await this.items.ensureForRefund(company, proposalId, bookedAs);
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    const isVat = item.amountsAre !== undefined;
    const refund = { amountCents, beforeCents, taxCode: taxedCode, isVat };
    const taxed = invoice && (await this.taxedPart(company, invoice, refund));
    const beyond = (): number => there?.releasedCents ?? beyondHeldCents(amountCents, taxed, heldCents ?? 0);
    const releasedCents = heldCents === undefined || ofReleased ? 0 : beyond();
    const kept = heldCents === undefined ? {} : { ofReleased, releasedCents };
    const released = await this.released(company, proposalId, releasedCents);
    if (!taxed) return { by: { ...item, ...released }, ...kept };
    const siteAddress = (await this.proposals.findInOrg(manager, orgId, proposalId))?.siteAddress;
    const by = {
      ...item,
      ...released,
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

  /** What a receipt took off a deposit, and what off income, before tax; null where its lines cannot be read. */
  private async splitOf(
    company: QboCompany,
    proposalId: number,
    made: QboRefund,
  ): Promise<{ heldCents: number; releasedCents: number } | null> {
    const { itemId } = await this.items.ensureForRefund(company, proposalId, 'deposit');
    const heldCents = centsUnder(itemId, made);
    if (heldCents === null) return null;
    return { heldCents, releasedCents: Math.max(0, made.totalCents - made.taxCents - heldCents) };
  }

  /** The line of what of a refund comes off income, though the rest comes off the deposit that is held. */
  private async released(
    company: QboCompany,
    proposalId: number,
    cents: number,
  ): Promise<Pick<RefundDraft, 'released'>> {
    if (cents === 0) return {};
    const { itemId } = await this.items.ensureForRefund(company, proposalId, 'final');
    return { released: { itemId, cents } };
  }

  /**
   * What of a deposit other refunds leave held, before tax; all that there can be where its invoice does not stand, and
   * undefined where deposits are income.
   */
  private async heldCents({
    orgId,
    id,
    payload,
  }: OutboundOperation<'refund.create'>): Promise<number | undefined> {
    const { proposalId } = payload.fact;
    const contract = await this.contracts.find(orgId, proposalId);
    if (contract?.depositMode !== 'liability') return undefined;
    const { invoices } = await this.contracts.statusOf(this.dataSource.manager, contract);
    const isBilled = invoices.some((one) => one.kind === 'deposit' && counts(one));
    if (!isBilled) return Number.POSITIVE_INFINITY;
    return unreleasedDepositCents(invoices) - (await this.steps.heldCents(orgId, proposalId, id));
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

/** What of a refund is of the deposit that was released: what was not taxed, as far as it is more than is held. */
function beyondHeldCents(amountCents: number, taxed: RefundDraft['taxed'] | null, heldCents: number): number {
  const { netCents, taxCents } = taxed ?? { netCents: 0, taxCents: 0 };
  const beyondCents = amountCents - taxCents - heldCents;
  return Math.max(0, Math.min(beyondCents, amountCents - taxCents - netCents));
}
