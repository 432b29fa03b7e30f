import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type ContractStatus, isTaxToCome } from '../../../contracts/contract-record.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import type { CreditPayouts } from '../../../contracts/credits/credit-shares.js';
import type { OrgSettings } from '../../../orgs/settings/org-settings.service.js';
import { ChargeQuestionService } from '../../../payments/checkout/charges/charge-question.service.js';
import { CheckoutSessionsRepository } from '../../../payments/checkout/sessions/checkout-sessions.repository.js';
import { isUsable } from '../../../payments/checkout/checkout-status.js';
import { type ChargedProposal, dueOf } from '../../../payments/checkout/charges/proposal-charges.js';
import { LedgerRepository } from '../../../payments/ledger/ledger.repository.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Proposal } from '../../../proposals/proposal.js';
import { type PageAccount, pageAccount } from './page-account.js';
import type { PageFacts } from './page-facts.js';
import { paymentSummary, wentBack } from './payment-summary.js';

type MoneyFacts = Pick<
  PageFacts,
  'charge' | 'due' | 'account' | 'payments' | 'paidCents' | 'hasMoneyOnAccount' | 'hasOpenCheckout'
>;

/** Gathers what a customer has paid, and is asked for. Reads only; parts of the caller's transaction. */
@Injectable()
export class PageMoneyService {
  constructor(
    private readonly question: ChargeQuestionService,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly credits: CreditMemosRepository,
    private readonly checkouts: CheckoutSessionsRepository,
    private readonly clock: Clock,
  ) {}

  /** With the contract as it stands: null before the approval, and of a proposal that was cancelled. */
  async of(
    tx: EntityManager,
    proposal: Proposal,
    settings: OrgSettings,
  ): Promise<MoneyFacts & { contract: ContractStatus | null; standing: ContractStatus | null }> {
    const { orgId, id: proposalId, customerId } = proposal;
    const facts = await this.question.factsOf(tx, proposal, { settings });
    const { answer: charge, key, invoice, dueOn } = dueOf(facts);
    const payments = await this.payments.listOfProposal(tx, orgId, proposalId);
    const entries = await this.ledger.entriesOf(tx, payments);
    const paid = paymentSummary(entries, proposal.currency, facts.changes);
    return {
      contract: facts.contract,
      standing: standingContract(facts),
      charge,
      due: { key, invoiceNumber: invoice?.isMade ? invoice.number : null, dueOn },
      account: accountOf(facts, paid.payments, await this.credits.payoutsOf(tx, orgId, proposalId)),
      ...paid,
      hasMoneyOnAccount: await this.ledger.hasMoneyOnAccount(tx, orgId, customerId!, this.clock.now()),
      hasOpenCheckout: await this.hasOpenCheckout(tx, proposal),
    };
  }

  private async hasOpenCheckout(tx: EntityManager, { orgId, id }: Proposal): Promise<boolean> {
    const checkout = await this.checkouts.findOpen(tx, orgId, id);
    return checkout !== null && isUsable(checkout, this.clock.now());
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
      isTaxToCome: isTaxToCome(contract),
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
