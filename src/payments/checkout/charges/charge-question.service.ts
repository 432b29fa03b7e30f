import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { creditableInvoices, waitingShares } from '../../../contracts/credits/credit-shares.js';
import { ContractsService } from '../../../contracts/contracts.service.js';
import { EntryChangesRepository } from '../../../contracts/schedule/entry-changes.repository.js';
import type { CurrencyProblem } from '../../../currencies/currency-rule.js';
import { CurrenciesService } from '../../../currencies/currencies.service.js';
import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { type OrgSettings, OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { depositCents, depositOf } from '../../../proposals/deposit.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import { EntryMoneyRepository } from '../../ledger/entry-money.repository.js';
import type { ChargeAnswer } from './charge-question.js';
import { stripeModeOf } from '../../stripe-mode.js';
import { CheckoutSessionsRepository, type PendingSession } from '../sessions/checkout-sessions.repository.js';
import type { Charge } from './due-charge.js';
import { chargeOf, dueOf, type ChargedProposal } from './proposal-charges.js';
import { LostPagesRepository } from '../sessions/lost-pages.repository.js';
import { StripeClient } from '../stripe.client.js';

interface ChargeOptions {
  /** Of a proposal without an amount. */
  totalCents?: number;
  /**
   * `with_rate`: the currency must be usable at this moment, because a payment page is opened. `without_rate`: whether
   * there is a rate is found out then. `none`: the money is there already.
   */
  currencyCheck?: 'with_rate' | 'without_rate' | 'none';
  /** Where they were read in the same transaction already. */
  settings?: OrgSettings;
}

/** Asks what may be charged of a proposal, from the rows as they are. Reads only. */
@Injectable()
export class ChargeQuestionService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly currencies: CurrenciesService,
    private readonly contracts: ContractsService,
    private readonly entryChanges: EntryChangesRepository,
    private readonly credits: CreditMemosRepository,
    private readonly invoices: InvoicesRepository,
    private readonly money: EntryMoneyRepository,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly lostPages: LostPagesRepository,
    private readonly stripe: StripeClient,
  ) {}

  /** What the customer is asked for now. */
  async due(tx: EntityManager, proposal: Lead, options: ChargeOptions = {}): Promise<Charge> {
    return dueOf(await this.factsOf(tx, proposal, options));
  }

  /** What may be charged of one invoice now. */
  async ofInvoice(
    tx: EntityManager,
    proposal: Lead,
    key: InvoiceKey,
    options: ChargeOptions = {},
  ): Promise<Charge> {
    return chargeOf(await this.factsOf(tx, proposal, options), key);
  }

  /**
   * What may be charged of one invoice, whatever a bank is about to pay, or came by a page that is lost. That its
   * invoice is in another currency still counts: its balance says nothing of what was owed.
   */
  async ask(
    tx: EntityManager,
    proposal: Lead,
    key: InvoiceKey,
    options: ChargeOptions = {},
  ): Promise<ChargeAnswer> {
    const facts = await this.factsOf(tx, proposal, options);
    const inDoubt = facts.inDoubt.filter(({ isForeign }) => isForeign);
    return chargeOf({ ...facts, pending: [], inDoubt }, key).answer;
  }

  /** What decides about every invoice of a proposal: for whoever shows it beside the answer. */
  async factsOf(
    tx: EntityManager,
    proposal: Lead,
    { totalCents, currencyCheck = 'without_rate', settings: known }: ChargeOptions = {},
  ): Promise<ChargedProposal> {
    const { orgId, id: proposalId, currency } = proposal;
    const settings = known ?? (await this.settings.get(orgId, tx));
    const { depositPercent } = settings;
    const contract = await this.contracts.findStatus(tx, orgId, proposalId);
    const entries = contract?.plannedEntries;
    const planned = entries?.find(({ kind }) => kind === 'deposit');
    const approved = proposal.amountCents
      ? depositOf(proposal, depositPercent).cents
      : depositCents(totalCents ?? 0, proposal.depositPercent ?? depositPercent, currency);
    const isPlanned = planned?.state === 'ready' && planned.plannedCents > 0;
    return {
      proposal,
      contract,
      currencyProblem: await this.currencyProblem(tx, proposal, currencyCheck, settings),
      depositCents: isPlanned && approved !== null ? Math.min(approved, planned.plannedCents) : approved,
      spent: entries?.filter(({ state }) => state === 'void' || state === 'pending') ?? [],
      ...(await this.openFacts(tx, proposal)),
      pending: (await this.sessions.listPending(tx, orgId, proposalId)).filter((one) => this.mayBePaid(one)),
      inDoubt: await this.lostPages.listInDoubt(tx, orgId, proposalId),
      changes: await this.entryChanges.listOfProposal(tx, orgId, proposalId),
    };
  }

  /** Not of one of test mode, once the key is a live one: nothing is heard of it any more, and no money comes of it. */
  private mayBePaid({ stripeSessionId }: PendingSession): boolean {
    const mode = stripeSessionId === null ? null : stripeModeOf(stripeSessionId);
    return mode !== 'test' || this.stripe.mode !== 'live';
  }

  /** The invoices with what was paid here for each, and what credits are yet to take off them. */
  private async openFacts(
    tx: EntityManager,
    { orgId, id }: Lead,
  ): Promise<Pick<ChargedProposal, 'invoices' | 'money' | 'credits' | 'waiting'>> {
    const invoices = await this.invoices.listNewest(tx, orgId, id);
    const money = await this.money.listOfProposal(tx, orgId, id);
    const waiting = await this.credits.waiting(tx, orgId, id);
    const { byInvoice: credits } = waitingShares(creditableInvoices(invoices, money), waiting);
    return { invoices, money, waiting, credits };
  }

  private async currencyProblem(
    tx: EntityManager,
    { orgId, currency }: Lead,
    check: NonNullable<ChargeOptions['currencyCheck']>,
    settings: OrgSettings,
  ): Promise<CurrencyProblem | null> {
    if (check === 'none') return null;
    const problem = await this.currencies.problem(tx, orgId, currency, settings);
    return check === 'without_rate' && problem?.code === 'no_exchange_rate' ? null : problem;
  }
}
