import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EntryChangesRepository } from '../../../contracts/schedule/entry-changes.repository.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { DEPOSIT, type InvoiceKey, type NamedKey } from '../../../invoices/invoice-key.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { NamedInvoice } from '../../../messages/next-steps.js';
import { unapprovedSubjectOf } from '../../../payments/ledger/payment-subjects.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { subjectOf } from '../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { isStopped } from '../../operations/operation-state.js';

/** Knows whether what a payment or a refund builds on can still come. */
@Injectable()
export class PrerequisitesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly payments: PaymentsRepository,
    private readonly changes: EntryChangesRepository,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * True where an operation will not be done any more unless somebody asks anew: it was refused, cancelled or handed
   * to a person, and its inbox item is closed. While that item is open, a person has it before them, and it can still
   * come.
   */
  async isGivenUp(
    kind: 'invoice.create' | 'payment.create',
    orgId: number,
    entityId: number,
  ): Promise<boolean> {
    const newest = await this.operations.findNewest(kind, orgId, entityId);
    if (!newest || !isStopped(newest)) return false;
    return !(await this.inbox.hasOpen(this.dataSource.manager, orgId, subjectOf(newest)));
  }

  /** Which invoice of its proposal a payment is for. */
  async keyOf(orgId: number, paymentId: number): Promise<NamedKey> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, paymentId);
    if (!payment) return DEPOSIT;
    const entry = { kind: payment.invoiceKind, sequence: payment.invoiceSequence };
    return this.changes.name(manager, orgId, payment.proposalId, entry);
  }

  /** The same for an invoice of a proposal; about money for one that is not approved a person decides first. */
  async isInvoiceGivenUp(
    orgId: number,
    proposalId: number,
    { kind, sequence }: InvoiceKey,
  ): Promise<boolean> {
    const { manager } = this.dataSource;
    const proposal = await this.proposals.findInOrg(manager, orgId, proposalId);
    if (proposal?.status !== 'approved') {
      return !(await this.inbox.hasOpen(manager, orgId, unapprovedSubjectOf(proposalId)));
    }
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    return invoice !== null && this.isGivenUp('invoice.create', orgId, invoice.id);
  }

  /** What QuickBooks calls the invoice that a payment is for, as it is linked now; null where none is. */
  async linkedInvoiceId(tx: EntityManager, orgId: number, paymentId: number): Promise<string | null> {
    const payment = await this.payments.find(tx, orgId, paymentId);
    if (!payment) return null;
    const { proposalId, invoiceKind, invoiceSequence } = payment;
    const linked = await this.invoices.findNewest(tx, orgId, proposalId, invoiceKind, invoiceSequence);
    return linked?.qboInvoiceId ?? null;
  }

  /** The invoice that a payment is for; null where it cannot be made, as its proposal is not approved any more. */
  async makeableInvoice(orgId: number, proposalId: number, paymentId: number): Promise<NamedInvoice | null> {
    const { manager } = this.dataSource;
    const { kind, sequence } = await this.keyOf(orgId, paymentId);
    const proposal = await this.proposals.findInOrg(manager, orgId, proposalId);
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    if (proposal?.status !== 'approved' || !invoice) return null;
    return { id: invoice.id, proposalId, isDeposit: kind === 'deposit' };
  }

  /** What builds on a payment of this proposal that just came into the books, or onto an invoice, is taken up. */
  async met(tx: EntityManager, orgId: number, proposalId: number, paymentId: number): Promise<void> {
    await this.operations.unblock(tx, orgId, proposalId, paymentId);
    await this.operationJobs.enqueueBlocked(tx, orgId, proposalId);
  }
}
