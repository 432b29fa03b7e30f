import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DepositWording } from '../../../../contracts/billing/contract-billing.service.js';
import { ContractsService } from '../../../../contracts/contracts.service.js';
import { OrgSettingsService } from '../../../../orgs/settings/org-settings.service.js';
import { PaymentsRepository } from '../../../../payments/ledger/payments.repository.js';
import { depositOf } from '../../../../proposals/deposit.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { depositDescription, invoiceAmountCents } from './invoice-draft.js';
import { InvoiceItemsService } from '../references/invoice-items.service.js';

/** Says how the deposit of a proposal stands on its invoices. Reads only. */
@Injectable()
export class DepositWordingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contracts: ContractsService,
    private readonly items: InvoiceItemsService,
    private readonly payments: PaymentsRepository,
    private readonly settings: OrgSettingsService,
  ) {}

  /** With what it would be over now. */
  async of(proposal: Lead): Promise<DepositWording> {
    const contract = await this.contracts.termsOf(proposal.orgId, proposal.id);
    const itemName = await this.items.depositItemName(contract);
    return { cents: await this.depositCents(proposal), description: depositDescription(itemName, proposal) };
  }

  /** What the deposit of a proposal would be over now. Its percent is frozen with the approval. */
  private async depositCents(proposal: Lead): Promise<number> {
    const percent = proposal.depositPercent ?? (await this.settings.get(proposal.orgId)).depositPercent;
    const paidCents = await this.payments.grossCents(this.dataSource.manager, proposal);
    const deposit = depositOf(proposal, percent);
    return invoiceAmountCents({
      totalCents: proposal.amountCents!,
      paidCents,
      depositCents: deposit.cents,
    });
  }
}
