import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { OrgsService } from '../../../orgs/orgs.service.js';
import { UsersService } from '../../../auth/people/users.service.js';
import { CustomersRepository } from '../../../customers/customers.repository.js';
import { type AgreedTerms, agreedTerms, offeredTerms } from '../../../contracts/agreed-terms.js';
import { type Deposit, depositOf } from '../../../proposals/deposit.js';
import type { Proposal } from '../../../proposals/proposal.js';
import { postalAddressText } from '../../../customers/postal-address.js';
import { ProposalsService } from '../../../proposals/proposals.service.js';
import { contentHash } from '../../approval/proposal-content.js';
import type { PortalLink } from '../../links/portal-link.entity.js';
import { PageContractService } from './page-contract.service.js';
import type { PageFacts } from './page-facts.js';
import { PageMoneyService } from './page-money.service.js';

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
    private readonly money: PageMoneyService,
    private readonly contract: PageContractService,
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
    const { contract, standing, ...money } = await this.money.of(tx, proposal, settings);
    const terms = contract ? agreedTerms(contract.contract) : offeredTerms(settings);
    const deposit = depositOf(proposal, depositPercent);
    return {
      company: (await this.orgs.get(orgId, tx)).name,
      papers: { ...papers, logo: await this.settings.logo(orgId, tx) },
      site: proposal.siteAddress && postalAddressText(proposal.siteAddress),
      timeZone,
      contact: seller.isActive ? seller.fullName : null,
      customerId: customer.id,
      customerName: customer.fullName,
      proposal: shownProposal(proposal, deposit, terms),
      terms,
      deposit: deposit.cents === null ? null : { percent: deposit.percent, cents: deposit.cents },
      ...money,
      approval: await this.contract.approvalOf(tx, proposal),
      changes: await this.contract.changesOf(tx, standing),
      payStartedAt: link.payStartedAt,
      expiresAt: link.expiresAt,
    };
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
