import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import { customerErased } from '../../customers/customer-erased.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { ActivityRepository } from '../activity/activity.repository.js';
import { ContractOpeningService } from './contract-opening.service.js';
import type { Lead } from '../rows/lead.entity.js';
import { canBecome } from '../proposal-lifecycle.js';
import { ProposalsRepository } from '../rows/proposals.repository.js';

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
 * Approves drafts, which ends their life as such. Never talks to Stripe or QuickBooks; they read what it leaves behind.
 */
@Injectable()
export class ApprovalService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly settings: OrgSettingsService,
    private readonly currencies: CurrenciesService,
    private readonly openings: ContractOpeningService,
    private readonly activities: ActivityRepository,
    private readonly audit: AuditService,
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

  /** Approves as part of the caller's transaction, once the currency was judged. */
  async approveIn(tx: EntityManager, { orgId, approvedBy, meta }: Approver, id: number): Promise<Lead> {
    const proposal = await this.proposals.getForUpdate(tx, orgId, id);
    if (proposal.status === 'approved') return this.openings.ensure(tx, proposal, approvedBy);
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
    return this.openings.open(tx, proposal, settings, {
      by: approvedBy,
      at: this.clock.now(),
      amountCents: amountCents!,
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
