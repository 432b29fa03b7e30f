import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { UsersService } from '../../auth/people/users.service.js';
import { Config } from '../../platform/config/config.js';
import { approvalRefusal } from '../../contracts/change-orders/change-order-effect.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import type { Message } from '../../platform/mail/mail.client.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { decrypt } from '../../platform/encryption/encryption.js';
import { pageAddress } from '../links/page-address.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { dayText, moneyText } from '../../messages/format.js';
import { reachText } from './mail-words.js';
import { proposalMail, type ProposalMail } from './proposal-mail.js';
import { linkTokenAssociatedData } from './link-token-associated-data.js';

/** Writes the e-mail that brings a customer the link. Replies go to the person who made it. */
@Injectable()
export class ProposalMailWriterService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly orgs: OrgsService,
    private readonly settings: OrgSettingsService,
    private readonly users: UsersService,
    private readonly customers: CustomersRepository,
    private readonly proposals: ProposalsRepository,
    private readonly contracts: ContractsService,
    private readonly config: Config,
  ) {}

  /** Throws EncryptionError where the token can no longer be read. */
  async write(link: PortalLink): Promise<Message> {
    const { orgId, proposalId } = link;
    const tx = this.dataSource.manager;
    const place = linkTokenAssociatedData(orgId, link.tokenHash);
    const token = decrypt(link.emailTokenEncrypted!, place, this.config.encryptionKeys);
    const org = await this.orgs.get(orgId);
    const { timeZone, papers } = await this.settings.get(orgId);
    const seller = await this.users.get(orgId, link.createdBy);
    const proposal = (await this.proposals.findInOrg(tx, orgId, proposalId))!;
    const customer = await this.customers.getInOrg(tx, orgId, proposal.customerId!);
    const words = proposalMail({
      company: org.name,
      customerName: customer.fullName,
      sellerName: seller.isActive ? seller.fullName : null,
      proposalName: proposal.name,
      total: moneyText(proposal.amountCents!, proposal.currency),
      isApproved: proposal.status === 'approved',
      changes: await this.changesOf(orgId, proposalId),
      url: pageAddress(this.config.portalPublicUrl, token),
      expiresOn: dayText(link.expiresAt, timeZone),
      reach: reachText(papers),
    });
    return {
      ...words,
      id: `proposal-link-${link.id}.${link.tokenHash.toString('hex').slice(0, 16)}`,
      fromName: org.name,
      to: { name: customer.fullName ?? '', address: link.emailedTo! },
      ...(seller.isActive ? { replyTo: { name: seller.fullName, address: seller.email } } : {}),
    };
  }

  /** What the customer can approve since the proposal was: no change that the contract does not take as it stands. */
  private async changesOf(orgId: number, proposalId: number): Promise<NonNullable<ProposalMail['changes']>> {
    const status = await this.contracts.findStatus(this.dataSource.manager, orgId, proposalId);
    if (!status) return [];
    const { contract } = status;
    const orders = await this.contracts.changeOrdersOf(contract);
    return orders
      .filter((one) => one.order.state === 'draft' && approvalRefusal(status, one) === null)
      .map(({ order: { number, description, deltaCents } }) => {
        const text = moneyText(deltaCents, contract.currency);
        return { number, description, delta: deltaCents > 0 ? `+${text}` : text };
      });
  }
}
