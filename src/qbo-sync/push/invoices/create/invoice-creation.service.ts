import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { DEPOSIT, type InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { isLive } from '../../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { ContractOpeningService } from '../../../../proposals/approval/contract-opening.service.js';
import { notApprovedReason } from '../../../../proposals/proposal-lifecycle.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { InvoiceRefreshService } from '../../../pull/invoices/invoice-refresh.service.js';
import { CustomerUndecidedError } from '../../customers/customer-undecided-error.js';
import { type InvoiceCreation, InvoicePushService } from './invoice-push.service.js';
import { InvoiceTriesService } from './invoice-tries.service.js';
import { UnbilledDepositService } from './unbilled-deposit.service.js';
import { UntiedInvoiceService } from './untied-invoice.service.js';

/**
 * Makes the invoice of an approved proposal in QuickBooks. Promise: at most one per proposal and generation, whatever
 * is retried, raced or killed; when it is made, the link, the status and the activity are there at once.
 */
@Injectable()
export class InvoiceCreationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly openings: ContractOpeningService,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly tries: InvoiceTriesService,
    private readonly pushes: InvoicePushService,
    private readonly refresh: InvoiceRefreshService,
    private readonly deposits: UnbilledDepositService,
    private readonly untied: UntiedInvoiceService,
  ) {}

  /**
   * Makes the invoice of the deposit, or of another entry, or finds it made; before the final one that of a deposit
   * which was paid. Throws DomainError where the proposal does not allow it, QboError where QuickBooks does not.
   * `again` says that a person looked in QuickBooks, found none, and wants a new try; where the invoice was voided or
   * deleted, the next generation is made.
   */
  async create(
    orgId: number,
    proposalId: number,
    { again = false, key = DEPOSIT }: { again?: boolean; key?: InvoiceKey } = {},
  ): Promise<InvoiceCreation> {
    let proposal = await this.proposals.getInOrg(this.dataSource.manager, orgId, proposalId);
    const company = await this.connections.company(orgId);
    let invoice = await this.tries.newestInvoice(proposal, key);
    if (company && invoice?.qboInvoiceId === null) {
      await this.untied.tieAgain(company, proposal, key);
      invoice = await this.tries.newestInvoice(proposal, key);
    }
    const isGone = invoice?.qboInvoiceId != null && again && (await this.isGone(company, invoice));
    if (invoice?.qboInvoiceId && !isGone) return existing(invoice, company);
    if (proposal.status !== 'approved') {
      const reason = notApprovedReason(proposalId, proposal.status);
      throw new DomainError('conflict', 'proposal_not_approved', reason);
    }
    const connected = company ?? (await this.connections.requireCompany(orgId));
    // One that was approved by SQL has no contract yet, which says what is billed of it.
    proposal = await this.openings.ensureFor(proposal);
    if (key.kind === 'final' && (!invoice || isGone)) await this.billDeposit(proposal);
    try {
      const wanted = isGone
        ? await this.tries.remake(connected, proposal, invoice!)
        : await this.tries.unfinishedOrNext(connected, proposal, key, again);
      return await this.pushes.push(connected, proposal, wanted);
    } catch (error) {
      if (!(error instanceof CustomerUndecidedError)) throw error;
      return { status: 'pending', reason: `The invoice waits for its customer. ${error.message}` };
    }
  }

  /**
   * A deposit that was paid is invoiced before the final invoice, which would leave nothing for it to be billed by. One
   * that was refused is tried again by a person alone, since the day of an entry comes again and again.
   */
  private async billDeposit(proposal: Lead): Promise<void> {
    if (!(await this.deposits.isOf(proposal))) return;
    const { orgId, id } = proposal;
    const newest = await this.tries.newest(proposal, DEPOSIT);
    if (newest?.operation.state === 'refused') {
      throw depositNotInvoiced(
        id,
        `QuickBooks refused its invoice. Make that first by POST /qbo/invoice/${id}.`,
      );
    }
    const made = await this.create(orgId, id);
    if (made.status === 'pending')
      throw depositNotInvoiced(id, `its invoice is not made yet. ${made.reason}`);
  }

  /** Whether the invoice stands for nothing any more, by QuickBooks' word of this moment. */
  private async isGone(company: QboCompany | null, invoice: Invoice): Promise<boolean> {
    const { orgId, id, qboInvoiceId, qboRealmId } = invoice;
    if (!company || (qboRealmId ?? company.realmId) !== company.realmId) return false;
    if (!isLive(invoice)) return true;
    await this.refresh.apply(company, [await this.refresh.snapshot(company, qboInvoiceId!)]);
    const now = await this.invoices.findInOrg(this.dataSource.manager, orgId, id);
    return now !== null && !isLive(now);
  }
}

function depositNotInvoiced(proposalId: number, why: string): DomainError {
  return new DomainError(
    'conflict',
    'deposit_not_invoiced',
    `The deposit of proposal ${proposalId} is paid, and the final invoice takes it off, but ${why}`,
  );
}

function existing(invoice: Invoice, company: QboCompany | null): InvoiceCreation {
  if (company && invoice.qboRealmId && invoice.qboRealmId !== company.realmId) {
    throw new DomainError(
      'conflict',
      'invoice_in_other_company',
      `Proposal ${invoice.proposalId} has invoice ${invoice.number ?? invoice.qboInvoiceId} in another ` +
        'QuickBooks company.',
    );
  }
  return { status: 'exists', invoice, company };
}
