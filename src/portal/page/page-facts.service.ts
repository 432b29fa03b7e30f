import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { UsersService } from '../../auth/people/users.service.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { type AgreedTerms, agreedTerms, offeredTerms } from '../../contracts/agreed-terms.js';
import type { ContractStatus } from '../../contracts/contract-record.js';
import { approvalRefusal } from '../../contracts/change-order-effect.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { CreditMemosRepository } from '../../contracts/credits/credit-memos.repository.js';
import type { CreditPayouts } from '../../contracts/credits/credit-shares.js';
import { LedgerRepository } from '../../payments/ledger/ledger.repository.js';
import { PaymentsRepository } from '../../payments/ledger/payments.repository.js';
import { CheckoutSessionsRepository } from '../../payments/checkout/checkout-sessions.repository.js';
import { isUsable } from '../../payments/checkout/checkout-status.js';
import { ChargeQuestionService } from '../../payments/checkout/charge-question.service.js';
import { dueOf, type ChargedProposal } from '../../payments/checkout/proposal-charges.js';
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
    private readonly clock: Clock,
  ) {}

  /** At one moment: what was paid, what is asked for and how the contract stands are of the same books. */
  async gather(link: PortalLink): Promise<PageFacts> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => this.read(tx, link));
  }

  private async read(tx: EntityManager, link: PortalLink): Promise<PageFacts> {
    const { orgId, proposalId } = link;
    const settings = await this.settings.get(orgId, tx);
    const { depositPercent, timeZone, papers } = settings;
    const proposal = await this.proposals.get(orgId, proposalId, tx);
    const seller = await this.users.get(orgId, link.createdBy, tx);
    const customer = await this.customers.getInOrg(tx, orgId, proposal.customerId!);
    const facts = await this.question.factsOf(tx, proposal);
    const due = dueOf(facts);
    const terms = facts.contract ? agreedTerms(facts.contract.contract) : offeredTerms(settings);
    const deposit = depositOf(proposal, depositPercent);
    const payments = await this.payments.listOfProposal(tx, orgId, proposalId);
    const entries = await this.ledger.entriesOf(tx, payments);
    const paid = paymentSummary(entries, proposal.currency, facts.changes);
    return {
      company: (await this.orgs.get(orgId, tx)).name,
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
      approval: await this.approvalOf(tx, proposal),
      account: accountOf(facts, paid.payments, await this.credits.payoutsOf(tx, orgId, proposalId)),
      changes: await this.changesOf(tx, facts),
      ...paid,
      hasMoneyOnAccount: await this.ledger.hasMoneyOnAccount(tx, orgId, customer.id, this.clock.now()),
      hasOpenCheckout: await this.hasOpenCheckout(tx, link),
      payStartedAt: link.payStartedAt,
      expiresAt: link.expiresAt,
    };
  }

  /** The changes of the contract; none of a proposal that was cancelled. */
  private async changesOf(tx: EntityManager, facts: ChargedProposal): Promise<PageFacts['changes']> {
    const standing = standingContract(facts);
    if (!standing) return [];
    const { contract } = standing;
    const orders = await this.contracts.changeOrdersOf(contract, tx);
    const ids = orders.map(({ order }) => order.id);
    const signed = await this.changeApprovals.listOf(tx, contract.orgId, ids);
    const signers = new Map(signed.map(({ changeOrderId, signerName }) => [changeOrderId, signerName]));
    const { proposalId, currency, valueCents } = contract;
    return pageChanges(
      { proposalId, currency, valueCents },
      orders,
      signers,
      (one) => approvalRefusal(standing, one) !== null,
    );
  }

  private async hasOpenCheckout(tx: EntityManager, { orgId, proposalId }: PortalLink): Promise<boolean> {
    const checkout = await this.checkouts.findOpen(tx, orgId, proposalId);
    return checkout !== null && isUsable(checkout, this.clock.now());
  }

  private async approvalOf(
    tx: EntityManager,
    { orgId, id, approvedAt }: Proposal,
  ): Promise<PageFacts['approval']> {
    if (approvedAt === null) return null;
    const evidence = await this.approvals.findOfProposal(tx, orgId, id);
    return { at: approvedAt, signerName: evidence?.signerName ?? null };
  }
}

/** Null before the approval, and of a proposal that was cancelled. */
function standingContract({ proposal, contract }: ChargedProposal): ContractStatus | null {
  return proposal.status === 'approved' ? contract : null;
}

/** How the contract is paid. */
function accountOf(
  facts: ChargedProposal,
  payments: PageFacts['payments'],
  payouts: CreditPayouts,
): PageAccount | null {
  const contract = standingContract(facts);
  return (
    contract &&
    pageAccount({
      valueCents: contract.contract.valueCents,
      depositMode: contract.contract.depositMode,
      standing: contract.standing,
      entries: contract.plannedEntries,
      invoices: facts.invoices,
      money: facts.money.map((one) => ({ ...one, ...wentBack(payments, one) })),
      memos: contract.credits,
      waiting: facts.waiting,
      payouts,
      changes: facts.changes,
    })
  );
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
