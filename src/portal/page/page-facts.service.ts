import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { UsersService } from '../../auth/users.service.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { type AgreedTerms, agreedTerms, offeredTerms } from '../../contracts/agreed-terms.js';
import { approvalRefusal } from '../../contracts/change-order-effect.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import type { EntryChange } from '../../contracts/entry-change.js';
import { EntryChangesRepository } from '../../contracts/entry-changes.repository.js';
import { CreditMemosRepository } from '../../contracts/credit-memos.repository.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { EntryMoneyRepository } from '../../payments/ledger/entry-money.repository.js';
import { LedgerRepository } from '../../payments/ledger/ledger.repository.js';
import { PaymentsRepository } from '../../payments/ledger/payments.repository.js';
import type { CheckoutSession } from '../../payments/checkout/checkout-session.entity.js';
import { CheckoutSessionsRepository } from '../../payments/checkout/checkout-sessions.repository.js';
import { isUsable } from '../../payments/checkout/checkout-status.js';
import { ChargeQuestionService } from '../../payments/checkout/charge-question.service.js';
import { type Deposit, depositOf } from '../../proposals/deposit.js';
import type { Proposal } from '../../proposals/proposal.js';
import { postalAddressText } from '../../customers/postal-address.js';
import { ProposalsService } from '../../proposals/proposals.service.js';
import { Clock } from '../../platform/time/clock.js';
import { contentHash } from '../approval/proposal-content.js';
import { ChangeOrderApprovalsRepository } from '../approval/change-order-approvals.repository.js';
import { ProposalApprovalsRepository } from '../approval/proposal-approvals.repository.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import type { PageFacts } from './page-facts.js';
import { pageChanges } from './page-changes.js';
import { type PageAccount, pageAccount } from './page-account.js';
import { paymentSummary, wentBack } from './payment-summary.js';

/** Gathers what the page of a link shows. Reads only. */
@Injectable()
export class PageFactsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly orgs: OrgsService,
    private readonly settings: OrgSettingsService,
    private readonly users: UsersService,
    private readonly customers: CustomersRepository,
    private readonly proposals: ProposalsService,
    private readonly approvals: ProposalApprovalsRepository,
    private readonly changeApprovals: ChangeOrderApprovalsRepository,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly question: ChargeQuestionService,
    private readonly checkouts: CheckoutSessionsRepository,
    private readonly contracts: ContractsService,
    private readonly credits: CreditMemosRepository,
    private readonly entryChanges: EntryChangesRepository,
    private readonly invoices: InvoicesRepository,
    private readonly money: EntryMoneyRepository,
    private readonly clock: Clock,
  ) {}

  async gather(link: PortalLink): Promise<PageFacts> {
    const { orgId, proposalId } = link;
    const tx = this.dataSource.manager;
    const proposal = await this.proposals.get(orgId, proposalId);
    const settings = await this.settings.get(orgId);
    const { depositPercent, timeZone, papers } = settings;
    const contract = await this.contracts.find(orgId, proposalId);
    const terms = contract ? agreedTerms(contract) : offeredTerms(settings);
    const seller = await this.users.get(orgId, link.createdBy);
    const customer = await this.customers.getInOrg(tx, orgId, proposal.customerId!);
    const checkout = await this.openCheckout(orgId, proposalId);
    const deposit = depositOf(proposal, depositPercent);
    const due = await this.question.due(tx, proposal);
    const payments = await this.payments.listOfProposal(tx, orgId, proposalId);
    const entryChanges = await this.entryChanges.listOfProposal(tx, orgId, proposalId);
    const entries = await this.ledger.entriesOf(tx, payments);
    const paid = paymentSummary(entries, proposal.currency, entryChanges);
    return {
      company: (await this.orgs.get(orgId)).name,
      papers,
      site: proposal.siteAddress && postalAddressText(proposal.siteAddress),
      timeZone,
      contact: seller.isActive ? seller.fullName : null,
      customerId: customer.id,
      customerName: customer.fullName,
      proposal: shownProposal(proposal, deposit, terms),
      terms,
      deposit: deposit.cents === null ? null : { percent: deposit.percent, cents: deposit.cents },
      charge: due.answer,
      due: {
        key: due.key,
        invoiceNumber: due.invoice?.isMade ? due.invoice.number : null,
        dueOn: due.dueOn,
      },
      approval: await this.approvalOf(proposal),
      account: await this.accountOf(proposal, paid.payments, entryChanges),
      changes: await this.changesOf(proposal),
      ...paid,
      hasOpenCheckout: checkout !== null,
      payStartedAt: link.payStartedAt,
      expiresAt: link.expiresAt,
    };
  }

  /** How the contract is paid; null before the approval, and of a proposal that was cancelled. */
  private async accountOf(
    { orgId, id, status }: Proposal,
    payments: PageFacts['payments'],
    changes: readonly EntryChange[],
  ): Promise<PageAccount | null> {
    const tx = this.dataSource.manager;
    const contract = status === 'approved' ? await this.contracts.findStatus(tx, orgId, id) : null;
    if (!contract) return null;
    const money = await this.money.listOfProposal(tx, orgId, id);
    return pageAccount({
      valueCents: contract.contract.valueCents,
      depositMode: contract.contract.depositMode,
      standing: contract.standing,
      entries: contract.plannedEntries,
      invoices: await this.invoices.listNewest(tx, orgId, id),
      money: money.map((one) => ({ ...one, ...wentBack(payments, one) })),
      memos: contract.credits,
      creditsCents: await this.credits.waitingCents(tx, orgId, id),
      payouts: await this.credits.payoutsOf(tx, orgId, id),
      changes,
    });
  }

  /** The changes of the contract; none of a proposal that was cancelled. */
  private async changesOf({ orgId, id, status }: Proposal): Promise<PageFacts['changes']> {
    const { manager } = this.dataSource;
    const standing = status === 'approved' ? await this.contracts.findStatus(manager, orgId, id) : null;
    if (!standing) return [];
    const { contract } = standing;
    const orders = await this.contracts.changeOrdersOf(contract);
    const ids = orders.map(({ order }) => order.id);
    const signed = await this.changeApprovals.listOf(manager, orgId, ids);
    const signers = new Map(signed.map(({ changeOrderId, signerName }) => [changeOrderId, signerName]));
    const { currency, valueCents } = contract;
    return pageChanges(
      { proposalId: id, currency, valueCents },
      orders,
      signers,
      (one) => approvalRefusal(standing, one) !== null,
    );
  }

  private async openCheckout(orgId: number, proposalId: number): Promise<CheckoutSession | null> {
    const checkout = await this.checkouts.findOpen(this.dataSource.manager, orgId, proposalId);
    return checkout && isUsable(checkout, this.clock.now()) ? checkout : null;
  }

  private async approvalOf({ orgId, id, approvedAt }: Proposal): Promise<PageFacts['approval']> {
    if (approvedAt === null) return null;
    const evidence = await this.approvals.findOfProposal(this.dataSource.manager, orgId, id);
    return { at: approvedAt, signerName: evidence?.signerName ?? null };
  }
}

function shownProposal(proposal: Proposal, deposit: Deposit, terms: AgreedTerms): PageFacts['proposal'] {
  const { name, status, currency, createdAt, lines } = proposal;
  return {
    name,
    status,
    currency,
    createdAt,
    lines,
    totalCents: proposal.amountCents!,
    version: contentHash(proposal, deposit, terms).toString('hex'),
  };
}
