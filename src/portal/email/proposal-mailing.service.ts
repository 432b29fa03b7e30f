import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { Config } from '../../platform/config/config.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { encrypt } from '../../platform/encryption/encryption.js';
import { Clock } from '../../platform/time/clock.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { PortalLinksRepository } from '../links/portal-links.repository.js';
import { PortalLinksService } from '../links/portal-links.service.js';
import { linkTokenAssociatedData } from './link-token-associated-data.js';
import { smtpNotConfigured } from './smtp-not-configured.js';

const MAKE_A_LINK = 'make a link by POST /portal/links/{proposal_id} and send it yourself.';

/** Takes on that a customer gets a link by e-mail. ProposalDeliveryService carries it out. */
@Injectable()
export class ProposalMailingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly linksService: PortalLinksService,
    private readonly links: PortalLinksRepository,
    private readonly jobs: JobsService,
    private readonly mail: MailClient,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a link and has it e-mailed. One that still waits for this customer stands for it, so that asking twice sends
   * one. Throws where no mail server is named, or there is nothing to show.
   */
  async queue({ orgId, userId }: AuthenticatedUser, proposalId: number, days: number): Promise<PortalLink> {
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
      if (!this.mail.configured) throw smtpNotConfigured(MAKE_A_LINK);
      const customer = await this.customers.getInOrg(tx, orgId, proposal.customerId!);
      const waiting = await this.links.findQueued(tx, orgId, proposalId, customer.email);
      if (waiting) return waiting;
      const email = (token: string, tokenHash: Buffer): Partial<PortalLink> => ({
        emailedTo: customer.email,
        emailState: 'queued',
        emailTokenEncrypted: encrypt(
          token,
          linkTokenAssociatedData(orgId, tokenHash),
          this.config.encryptionKeys,
        ),
        emailNextAttemptAt: this.clock.now(),
      });
      const { link } = await this.linksService.insert(tx, proposal, { createdBy: userId, days, email });
      await this.jobs.enqueue(tx, 'portal.email.send', { orgId, linkId: link.id });
      await this.audit.record(tx, orgId, {
        action: 'proposal.emailed',
        subject: `link:${link.id}`,
        proposalId,
        after: { to: customer.email, expires_at: link.expiresAt },
      });
      return link;
    });
  }
}
