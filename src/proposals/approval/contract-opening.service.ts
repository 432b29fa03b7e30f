import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { frozenSettings } from '../../contracts/agreed-terms.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import { type OrgSettings, OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { sumCents } from '../../platform/money/cents.js';
import { depositOf } from '../deposit.js';
import type { Lead } from '../rows/lead.entity.js';
import { ProposalLinesRepository } from '../rows/proposal-lines.repository.js';
import { ProposalsRepository } from '../rows/proposals.repository.js';

/** Freezes what was approved: the total, the deposit, and the terms, as the contract of a proposal. */
@Injectable()
export class ContractOpeningService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly lines: ProposalLinesRepository,
    private readonly contracts: ContractsService,
    private readonly settings: OrgSettingsService,
    private readonly currencies: CurrenciesService,
  ) {}

  /** Opens the contract of a proposal over what it comes to, by the settings of now. */
  async open(
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

  /**
   * The approved proposal with its contract, without which nothing of it can be billed: one that was approved by SQL
   * has none. One that comes to nothing is over the total of which its customer paid the deposit; before that it has
   * no contract. Part of the transaction that has locked the proposal.
   */
  async ensure(tx: EntityManager, proposal: Lead, approvedBy: string | null): Promise<Lead> {
    const { orgId, id } = proposal;
    if (await this.contracts.find(orgId, id, tx)) return proposal;
    const amountCents = proposal.amountCents || (await this.proposals.totalPaidOf(tx, proposal));
    if (!amountCents) return proposal;
    const before = { by: proposal.approvedBy ?? approvedBy, at: proposal.approvedAt! };
    return this.open(tx, proposal, await this.settings.get(orgId, tx), { ...before, amountCents });
  }

  /** The same of a proposal that was approved by SQL, in a transaction of its own. */
  async ensureFor(given: Lead): Promise<Lead> {
    const { orgId, id } = given;
    if (given.depositPercent !== null && (await this.contracts.find(orgId, id))) return given;
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, id);
      return proposal.status === 'approved' ? this.ensure(tx, proposal, null) : proposal;
    });
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
}
