import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrenciesService } from '../currencies/currencies.service.js';
import { frozenSettings } from '../contracts/agreed-terms.js';
import { ContractsService } from '../contracts/contracts.service.js';
import { customerErased } from '../customers/customer-erased.js';
import { CustomersRepository } from '../customers/customers.repository.js';
import { isLive } from '../invoices/invoice-state.js';
import type { Invoice } from '../invoices/invoice.entity.js';
import { InvoicesRepository } from '../invoices/invoices.repository.js';
import { JobsService } from '../jobs/jobs.service.js';
import { type OrgSettings, OrgSettingsService } from '../orgs/org-settings.service.js';
import { moneyText } from '../messages/format.js';
import type { Amount } from '../platform/money/money.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { sumCents } from '../platform/money/cents.js';
import { Clock } from '../platform/time/clock.js';
import { ActivityRepository } from './activity.repository.js';
import { depositOf } from './deposit.js';
import type { Lead } from './lead.entity.js';
import { canBecome } from './proposal-lifecycle.js';
import { ProposalLinesRepository } from './proposal-lines.repository.js';
import { ProposalsRepository } from './proposals.repository.js';

/** Who decides about a proposal. */
export type Seller = Pick<AuthenticatedUser, 'orgId' | 'userId'>;

/** Who says yes, and what of it the log tells beside the amount. */
export interface Approver {
  orgId: number;
  /** As `user:7`, or `link:3` where the customer did by a link. */
  approvedBy: string;
  meta?: Record<string, unknown>;
}

/**
 * Ends the life of a draft: approved, or cancelled. Never talks to Stripe or QuickBooks; they read what it leaves
 * behind.
 */
@Injectable()
export class ApprovalService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly invoices: InvoicesRepository,
    private readonly settings: OrgSettingsService,
    private readonly currencies: CurrenciesService,
    private readonly lines: ProposalLinesRepository,
    private readonly contracts: ContractsService,
    private readonly activities: ActivityRepository,
    private readonly audit: AuditService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Approves a draft and freezes its total and its deposit. Twice is the same as once. Throws a conflict where there
   * is nothing to pay, the proposal was cancelled, or its customer's data was erased.
   */
  async approve({ orgId, userId }: Seller, id: number): Promise<Lead> {
    const approver = { orgId, approvedBy: `user:${userId}` };
    await this.askCurrency(orgId, id);
    return this.dataSource.transaction((tx) => this.approveIn(tx, approver, id));
  }

  /** Has the proposal's currency judged by what QuickBooks says now. Before the transaction that approves. */
  async askCurrency(orgId: number, id: number): Promise<void> {
    const proposal = await this.proposals.findInOrg(this.dataSource.manager, orgId, id);
    if (proposal?.status === 'draft') await this.currencies.refresh(orgId, proposal.currency);
  }

  /** The same as part of the caller's transaction. */
  async approveIn(tx: EntityManager, { orgId, approvedBy, meta }: Approver, id: number): Promise<Lead> {
    const proposal = await this.proposals.getForUpdate(tx, orgId, id);
    if (proposal.status === 'approved') return this.withContract(tx, proposal, approvedBy);
    assertApprovable(proposal);
    const settings = await this.settings.get(orgId, tx);
    await this.currencies.assertUsable(tx, proposal, settings);
    const { customerId, amountCents, currency } = proposal;
    // Nothing of it would ever be invoiced.
    const customer = await this.customers.getInOrg(tx, orgId, customerId!);
    if (customer.erasedAt !== null) throw customerErased(customer.id);
    await this.activities.log(tx, {
      orgId,
      customerId,
      proposalId: id,
      event: 'approve',
      meta: {
        amount_cents: amountCents,
        currency,
        approved_by: approvedBy,
        ...meta,
      },
      occurrence: 'approved',
    });
    await this.audit.record(tx, orgId, {
      action: 'proposal.approved',
      subject: `proposal:${id}`,
      proposalId: id,
      before: { status: proposal.status },
      after: { status: 'approved', approved_by: approvedBy, amount_cents: amountCents, currency },
    });
    return this.freeze(tx, proposal, settings, {
      by: approvedBy,
      at: this.clock.now(),
      amountCents: amountCents!,
    });
  }

  /** Opens the contract of a proposal that was approved by SQL, unless it has one, and answers the proposal. */
  async openContract(given: Lead): Promise<Lead> {
    const { orgId, id } = given;
    if (given.depositPercent !== null && (await this.contracts.find(orgId, id))) return given;
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, id);
      return proposal.status === 'approved' ? this.withContract(tx, proposal, null) : proposal;
    });
  }

  /**
   * The same with its contract, without which nothing of it can be billed: one that was approved by SQL has none. One
   * that comes to nothing is over the total of which its customer paid the deposit; before that it has no contract.
   */
  private async withContract(tx: EntityManager, proposal: Lead, approvedBy: string | null): Promise<Lead> {
    const { orgId, id } = proposal;
    if (await this.contracts.find(orgId, id, tx)) return proposal;
    const amountCents = proposal.amountCents || (await this.proposals.totalPaidOf(tx, proposal));
    if (!amountCents) return proposal;
    const before = { by: proposal.approvedBy ?? approvedBy, at: proposal.approvedAt! };
    return this.freeze(tx, proposal, await this.settings.get(orgId, tx), { ...before, amountCents });
  }

  /** Opens the contract of a proposal over what it comes to, by the settings of now. */
  private async freeze(
    tx: EntityManager,
    proposal: Lead,
    settings: OrgSettings,
    { by: approvedBy, at, amountCents }: { by: string | null; at: Date; amountCents: number },
  ): Promise<Lead> {
    const { orgId, id, customerId, currency, depositPercent, depositCents } = proposal;
    const agreed = { amountCents, currency, depositPercent, depositCents };
    const deposit = depositOf(agreed, settings.depositPercent);
    await this.contracts.open(
      tx,
      {
        orgId,
        proposalId: id,
        customerId,
        currency,
        valueCents: amountCents,
        depositPercent: deposit.percent,
        depositCents: deposit.cents ?? amountCents,
        ...frozenSettings(settings, await this.currencies.companyOf(tx, orgId)),
        approvedBy,
        approvedAt: at,
      },
      await this.linesOf(tx, proposal, amountCents),
    );
    return this.proposals.update(
      tx,
      proposal,
      {
        status: 'approved',
        amountCents,
        approvedAt: at,
        approvedBy,
        depositPercent: deposit.percent,
        depositCents: deposit.cents,
      },
      at,
    );
  }

  /** What the work is billed by: its lines, or where somebody wrote it without them, all of it. */
  private async linesOf(
    tx: EntityManager,
    { orgId, id, name }: Lead,
    amountCents: number,
  ): Promise<{ description: string; amountCents: number }[]> {
    const lines = (await this.lines.listOf(tx, orgId, [id])).get(id) ?? [];
    const isWhole = sumCents(lines.map((line) => line.amountCents)) === amountCents;
    return isWhole ? lines : [{ description: name, amountCents }];
  }

  /**
   * Cancels a draft, or an approved proposal of whose payments nothing is with us, whose invoices, if it had any, are
   * void or deleted, and of whose credits none is on no invoice. Twice is the same as once. The approval stays on
   * record.
   */
  async cancel({ orgId, userId }: Seller, id: number): Promise<Lead> {
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, id);
      if (!canBecome(proposal.status, 'cancelled')) return proposal;
      assertNotInvoiced(id, await this.invoices.listMade(tx, orgId, [id]));
      const paid = await this.proposals.moneyWithUs(tx, orgId, id);
      if (paid.length > 0) throw isPaid(id, paid);
      await this.activities.log(tx, {
        orgId,
        customerId: proposal.customerId,
        proposalId: id,
        event: 'cancel',
        meta: { from: proposal.status, cancelled_by: `user:${userId}` },
        occurrence: 'cancelled',
      });
      await this.audit.record(tx, orgId, {
        action: 'proposal.updated',
        subject: `proposal:${id}`,
        proposalId: id,
        before: { status: proposal.status },
        after: { status: 'cancelled' },
      });
      await this.contracts.cancel(tx, orgId, id, await this.currencies.companyOf(tx, orgId));
      const cancelled = await this.proposals.update(tx, proposal, { status: 'cancelled' }, this.clock.now());
      await this.jobs.enqueue(tx, 'checkout.session.review', { orgId, proposalId: id });
      return cancelled;
    });
  }
}

function assertApprovable({ id, status, amountCents }: Lead): void {
  if (!canBecome(status, 'approved')) {
    throw new DomainError(
      'conflict',
      'proposal_not_draft',
      `Proposal ${id} is ${status}; only a draft can be approved. Draft a new one.`,
    );
  }
  if (!amountCents) {
    throw new DomainError(
      'conflict',
      'proposal_without_amount',
      `Proposal ${id} comes to nothing. Give it lines with a price by PATCH /proposals/${id}, then approve it.`,
    );
  }
}

function assertNotInvoiced(id: number, invoices: readonly Invoice[]): void {
  const live = invoices.findLast(isLive);
  if (!live) return;
  throw new DomainError(
    'conflict',
    'proposal_invoiced',
    `Proposal ${id} has invoice ${live.number ?? live.qboInvoiceId} in QuickBooks. Void it first, by ` +
      `POST /qbo/invoice/${id}/void or there.`,
  );
}

function isPaid(id: number, paid: readonly Amount[]): DomainError {
  const left = paid.map(({ cents, currency }) => moneyText(cents, currency)).join(' and ');
  return new DomainError(
    'conflict',
    'proposal_paid',
    `Of what was paid for proposal ${id}, ${left} is still with us. Refund it by POST /payments/{id}/refund (GET ` +
      `/payments?proposal_id=${id} lists them), and void its invoice where there is one, then cancel.`,
  );
}
