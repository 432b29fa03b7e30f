import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { depositCents, depositOf } from '../../proposals/deposit.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { PaymentsRepository } from '../ledger/payments.repository.js';
import { type ChargeAnswer, chargeQuestion } from './charge-question.js';

/** Asks what may be charged of a proposal, from the rows as they are. Reads only. */
@Injectable()
export class ChargeQuestionService {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly invoices: InvoicesRepository,
    private readonly payments: PaymentsRepository,
  ) {}

  /** `pending` says that the customer's bank has been asked to pay. `totalCents` is of a proposal without an amount. */
  async ask(
    tx: EntityManager,
    proposal: Lead,
    { pending = false, totalCents }: { pending?: boolean; totalCents?: number } = {},
  ): Promise<ChargeAnswer> {
    const { orgId, id: proposalId, status, currency } = proposal;
    const { depositPercent, currency: enabledCurrency } = await this.settings.get(orgId, tx);
    const invoice = await this.invoices.findShown(tx, proposal);
    return chargeQuestion({
      proposalId,
      status,
      currency,
      enabledCurrency,
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
}
