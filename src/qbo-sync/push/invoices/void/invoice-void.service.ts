import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../../../audit/audit.service.js';
import { DomainError, notFound } from '../../../../platform/errors/domain-error.js';
import { moneyText } from '../../../../messages/format.js';
import type { Amount } from '../../../../platform/money/money.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { isLive } from '../../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { EntryMoneyRepository } from '../../../../payments/ledger/entry-money.repository.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { FreedCreditsService } from '../../../pull/credits/freed-credits.service.js';
import { InvoiceRefreshService } from '../../../pull/invoices/invoice-refresh.service.js';
import { InvoiceCallingOffService } from './invoice-calling-off.service.js';
import { InvoiceVoidOperationService } from './invoice-void-operation.service.js';
import {
  INVOICE_IN_DOUBT,
  INVOICE_IN_DOUBT_ELSEWHERE,
  INVOICE_LEFT_IN_DOUBT,
  INVOICE_NOT_LINKED,
  QBO_NOT_CONNECTED,
  INVOICE_IN_ANOTHER_COMPANY,
  VOID_IN_CLOSED_BOOKS,
} from '../../../../messages/invoice-check-messages.js';

/** What asking for a void came to. A soft failure is an answer with a sentence for people. */
export type InvoiceVoid = { ok: true; invoice: Invoice } | { ok: false; error: string };

const TRIES_MAX = 2;
const CALLED_OFF = 'A person voided it before it was made.';

/**
 * Voids the invoice of a proposal in QuickBooks, because a person asked. Promise: never one that holds money, judged by
 * the invoice as it is at this moment; and twice is the same as once, so a lost answer is met by asking again.
 */
@Injectable()
export class InvoiceVoidService {
  private readonly logger = new Logger(InvoiceVoidService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly refresh: InvoiceRefreshService,
    private readonly operation: InvoiceVoidOperationService,
    private readonly audit: AuditService,
    private readonly callingOff: InvoiceCallingOffService,
    private readonly payments: EntryMoneyRepository,
    private readonly credits: FreedCreditsService,
  ) {}

  /**
   * Throws not found for a proposal of others and a conflict where money is on the invoice; what QuickBooks does
   * wrong is an answer.
   */
  async void(orgId: number, proposalId: number, reason: string | null = null): Promise<InvoiceVoid> {
    const lead = await this.lead(orgId, proposalId);
    const invoice = await this.invoices.findShown(this.dataSource.manager, lead);
    if (!invoice) return { ok: false, error: INVOICE_NOT_LINKED };
    const company = await this.connections.company(orgId);
    if (!company) return { ok: false, error: QBO_NOT_CONNECTED };
    if (invoice.qboRealmId && invoice.qboRealmId !== company.realmId) {
      return { ok: false, error: INVOICE_IN_ANOTHER_COMPANY };
    }
    try {
      await this.voidFresh(company, invoice, reason);
      return { ok: true, invoice: await this.fresh(invoice) };
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, proposalId }, 'The invoice is not voided');
      return { ok: false, error: error.message };
    }
  }

  /** The same by the invoice's own id. What stands in the way is thrown; one that is gone stays gone. */
  async voidInvoice(orgId: number, id: number, reason: string | null = null): Promise<void> {
    const invoice = await this.invoices.getInOrg(this.dataSource.manager, orgId, id);
    if (!isLive(invoice)) return this.followGone(invoice);
    const company = await this.connections.requireCompany(orgId);
    if (invoice.qboInvoiceId === null) return this.callOff(company, invoice, reason);
    if (invoice.qboRealmId && invoice.qboRealmId !== company.realmId) {
      throw new DomainError('conflict', 'invoice_in_other_company', `${INVOICE_IN_ANOTHER_COMPANY}.`);
    }
    await this.voidFresh(company, invoice, reason);
  }

  /**
   * One that is not in QuickBooks yet is not sent; one that was sent is looked for first. Throws where QuickBooks has
   * not said whether it made it: it is made by itself then, and can be voided. Another company never says that.
   */
  private async callOff(
    company: QboCompany,
    { orgId, id, proposalId, kind, sequence }: Invoice,
    reason: string | null,
  ): Promise<void> {
    const lead = await this.lead(orgId, proposalId);
    const end = await this.callingOff.callOff(company, lead, { kind, sequence }, CALLED_OFF);
    const now = (await this.invoices.findInOrg(this.dataSource.manager, orgId, id))!;
    if (now.qboInvoiceId !== null) return this.voidFresh(company, now, reason);
    if (end === 'elsewhere')
      throw new DomainError('conflict', 'invoice_in_other_company', INVOICE_IN_DOUBT_ELSEWHERE);
    if (end === 'left_in_doubt')
      throw new DomainError('conflict', 'invoice_needs_person', INVOICE_LEFT_IN_DOUBT);
    if (end === 'in_doubt')
      throw new QboError('uncertain', INVOICE_IN_DOUBT, { operation: 'invoice.create' });
  }

  /** Whoever voids it once more may wait for the credits that could not be read as it was voided. */
  private async followGone({ orgId, id, qboInvoiceId }: Invoice): Promise<void> {
    const company = qboInvoiceId === null ? null : await this.connections.company(orgId);
    if (company) await this.credits.follow(company, id);
  }

  /**
   * Reads the invoice anew before each try: somebody may have changed it, or paid it, between the reading and the
   * void. And after the last one: somebody may have voided it, such as the same person who asked twice.
   */
  private async voidFresh(company: QboCompany, shown: Invoice, reason: string | null): Promise<void> {
    const invoiceId = shown.qboInvoiceId!;
    await this.audit.record(this.dataSource.manager, company.orgId, {
      action: 'invoice.void_requested',
      subject: `invoice:${shown.id}`,
      proposalId: shown.proposalId,
      before: { number: shown.number, state: shown.state, total_cents: shown.totalCents },
      after: { reason },
    });
    let failed: QboError | null = null;
    for (let tries = 0; ; tries += 1) {
      const snapshot = await this.refresh.snapshot(company, invoiceId);
      await this.refresh.apply(company, [snapshot]);
      const stored = await this.fresh(shown);
      if (snapshot.deleted || !isLive(stored)) return this.credits.follow(company, stored.id);
      if (failed && tries >= TRIES_MAX) throw failed;
      assertNoMoneyOn(stored, await this.paidHere(stored));
      try {
        return await this.operation.send(company, stored, snapshot.invoice);
      } catch (error) {
        if (!(error instanceof QboError)) throw error;
        if (!isWorthAnotherLook(error)) throw withNextStep(error);
        failed = error;
      }
    }
  }

  /** What was paid here for it: for the one that was made in its place, where that stands beside it. */
  private async paidHere(invoice: Invoice): Promise<Amount[]> {
    const { manager } = this.dataSource;
    const { orgId, proposalId, kind, sequence, id } = invoice;
    const standing = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    return standing?.id === id ? this.payments.withUs(manager, orgId, proposalId, invoice) : [];
  }

  private async fresh({ orgId, id }: Invoice): Promise<Invoice> {
    return (await this.invoices.findInOrg(this.dataSource.manager, orgId, id))!;
  }

  private async lead(orgId: number, proposalId: number): Promise<Lead> {
    const lead = await this.proposals.findLeadInOrg(this.dataSource.manager, orgId, proposalId);
    if (!lead) throw notFound('proposal', proposalId);
    return lead;
  }
}

/** The token was old, or the answer is lost and a look tells whether it was done. */
function isWorthAnotherLook({ kind }: QboError): boolean {
  return kind === 'stale' || kind === 'uncertain';
}

/** Nothing about a void stands in the inbox, so that its answer says what to do. */
function withNextStep(error: QboError): QboError {
  if (error.kind !== 'books_closed') return error;
  return new QboError(error.kind, `${error.message} ${VOID_IN_CLOSED_BOOKS}`, error.detail);
}

/** While a payment could not be read it counts as money. A credit is none: a void sets it free for another invoice. */
function assertNoMoneyOn(invoice: Invoice, paidHere: readonly Amount[]): void {
  const { proposalId, number, qboInvoiceId, paidCents, paymentsIncomplete, currency } = invoice;
  const onInvoice = paidCents ?? 0;
  if (onInvoice === 0 && !paymentsIncomplete && paidHere.length === 0) return;
  // A payment that is recorded is the same money here and there.
  const sameCents = paidHere.find((one) => one.currency === currency)?.cents ?? 0;
  const others = paidHere.filter((one) => one.currency !== currency);
  const amounts = [{ currency, cents: Math.max(onInvoice, sameCents) }, ...others].filter(
    ({ cents }) => cents > 0,
  );
  const what = amounts.map((one) => moneyText(one.cents, one.currency)).join(' and ') || 'a payment';
  throw new DomainError(
    'conflict',
    'invoice_has_payments',
    `Invoice ${number ?? qboInvoiceId} of proposal ${proposalId} holds ${what}. Refund the customer and ` +
      'take the payment off the invoice first, or decide about it in QuickBooks.',
  );
}
