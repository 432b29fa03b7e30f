import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CurrencyProblem } from '../../currencies/currency-rule.js';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { depositCents, depositOf } from '../../proposals/deposit.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { PaymentsRepository } from '../ledger/payments.repository.js';
import { type ChargeAnswer, chargeQuestion } from './charge-question.js';

interface ChargeOptions {
  /** The customer's bank has been asked to pay. */
  pending?: boolean;
  /** Of a proposal without an amount. */
  totalCents?: number;
  /**
   * `with_rate`: the currency must be usable at this moment, because a payment page is opened. `without_rate`: whether
   * there is a rate is found out then. `none`: the money is there already.
   */
  currencyCheck?: 'with_rate' | 'without_rate' | 'none';
}

/** Asks what may be charged of a proposal, from the rows as they are. Reads only. */
@Injectable()
export class ChargeQuestionService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly currencies: CurrenciesService,
    private readonly invoices: InvoicesRepository,
    private readonly payments: PaymentsRepository,
  ) {}

  async ask(
    tx: EntityManager,
    proposal: Lead,
    { pending = false, totalCents, currencyCheck = 'without_rate' }: ChargeOptions = {},
  ): Promise<ChargeAnswer> {
    const { orgId, id: proposalId, status, currency } = proposal;
    const { depositPercent } = await this.settings.get(orgId, tx);
    const invoice = await this.invoices.findShown(tx, proposal);
    return chargeQuestion({
      proposalId,
      status,
      currency,
      currencyProblem: await this.currencyProblem(tx, proposal, currencyCheck),
      depositCents: proposal.amountCents
        ? depositOf(proposal, depositPercent).cents
        : depositCents(totalCents ?? 0, proposal.depositPercent ?? depositPercent, currency),
      netCents: await this.payments.netCents(tx, orgId, proposalId),
      pending,
      invoice: invoice && {
        number: invoice.number ?? invoice.qboInvoiceId!,
        state: invoice.state,
        balanceCents: invoice.balanceCents ?? 0,
      },
    });
  }

  private async currencyProblem(
    tx: EntityManager,
    { orgId, currency }: Lead,
    check: NonNullable<ChargeOptions['currencyCheck']>,
  ): Promise<CurrencyProblem | null> {
    if (check === 'none') return null;
    const problem = await this.currencies.problem(tx, orgId, currency);
    return check === 'without_rate' && problem?.code === 'no_exchange_rate' ? null : problem;
  }
}
