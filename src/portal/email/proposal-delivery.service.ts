import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { DeliveriesService, type DeliveryFailure } from '../../jobs/queue/deliveries.service.js';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { Lease } from '../../jobs/leases/lease.js';
import { LeasesService } from '../../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue/queue-payloads.js';
import { endsHere, MailError } from '../../platform/mail/mail-error.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { EncryptionError } from '../../platform/encryption/encryption.js';
import { Clock } from '../../platform/time/clock.js';
import { linkState } from '../links/link-life.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { EMAIL_LEASE, PortalLinksRepository } from '../links/portal-links.repository.js';
import { EMAIL_BACKOFF } from './email-backoff.js';
import { ProposalMailWriterService } from './proposal-mail-writer.service.js';
import { UndeliveredMailService } from './undelivered-mail.service.js';

const GIVEN_UP = { emailState: 'failed', emailTokenEncrypted: null, emailNextAttemptAt: null } as const;

/**
 * Carries out that links are e-mailed. A delivery that fails is tried again for hours and then stands as failed with
 * its reason; one whose answer was lost may arrive twice, and more often only where processes end while they wait,
 * under one Message-ID.
 */
@Injectable()
export class ProposalDeliveryService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: PortalLinksRepository,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly activities: ActivityRepository,
    private readonly writer: ProposalMailWriterService,
    private readonly undelivered: UndeliveredMailService,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
  ) {}

  @DueRows('portal_links')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.links.listDue(tx, this.clock.now(), limit);
    return due.map((payload) => ({ name: 'portal.email.send', payload }));
  }

  /** Sends the e-mail of a link that waits for it and is due; else does nothing. */
  @JobHandler('portal.email.send')
  async deliver({ orgId, linkId }: QueuePayloads['portal.email.send']): Promise<void> {
    const lease = await this.leases.take(EMAIL_LEASE, [orgId, linkId]);
    if (!lease) return;
    const link = await this.links.findInOrg(this.dataSource.manager, orgId, linkId);
    if (!link) return;
    const state = linkState(link, this.clock.now());
    if (state !== 'live') return this.giveUp(lease, link, state);
    const address = await this.addressOf(link);
    if (address.toLowerCase() !== link.emailedTo?.toLowerCase()) return this.turnBack(lease, link, address);
    await this.deliveries.attempt(lease, {
      send: async () => this.mail.send(await this.writer.write(link)),
      failureOf: (error) => failureOf(error, link.emailProblem),
      attempts: { failed: link.emailAttempts + 1 },
      backoff: EMAIL_BACKOFF,
      onTaken: () => this.noteAcceptance(lease, link),
      onFailed: ({ problem }, next) => this.noteFailure(lease, link, problem, next),
      unfinished: 'A proposal could not be e-mailed',
      about: { orgId, linkId },
    });
  }

  private async noteAcceptance(lease: Lease, link: PortalLink): Promise<void> {
    const { orgId, proposalId, id } = link;
    await this.dataSource.transaction(async (tx) => {
      const noted = await this.links.finishDelivery(tx, lease, {
        emailState: 'sent',
        emailedAt: this.clock.now(),
        emailTokenEncrypted: null,
        emailProblem: null,
      });
      if (!noted) return;
      await this.undelivered.proposalReached(tx, link);
      const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
      await this.activities.log(tx, {
        orgId,
        customerId: proposal?.customerId,
        proposalId,
        event: 'email_sent',
        meta: { link_id: id },
        occurrence: `link:${id}`,
      });
    });
  }

  /** One that a person revoked is nobody's matter; one that waited until its end is. */
  private async giveUp(lease: Lease, link: PortalLink, state: 'expired' | 'revoked'): Promise<void> {
    const emailProblem = 'The link ended before it could be sent. Make a new one.';
    await this.dataSource.transaction(async (tx) => {
      const noted = await this.links.finishDelivery(tx, lease, { ...GIVEN_UP, emailProblem });
      if (noted && state === 'expired') await this.undelivered.reportProposal(tx, link, emailProblem);
    });
  }

  /** Where the customer is written to now. */
  private async addressOf({ orgId, proposalId }: PortalLink): Promise<string> {
    const tx = this.dataSource.manager;
    const proposal = (await this.proposals.findInOrg(tx, orgId, proposalId))!;
    return (await this.customers.getInOrg(tx, orgId, proposal.customerId!)).email;
  }

  /** The address was corrected while the mail waited: at the one of before may be anybody, and they may have it. */
  private async turnBack(lease: Lease, link: PortalLink, address: string): Promise<void> {
    const emailProblem =
      'The customer has another e-mail address by now, and this link has ended. Send it again.';
    const revokedAt = this.clock.now();
    await this.dataSource.transaction(async (tx) => {
      const noted = await this.links.finishDelivery(tx, lease, { ...GIVEN_UP, emailProblem, revokedAt });
      if (!noted || (await this.links.isMailedTo(tx, link, address))) return;
      await this.undelivered.reportProposal(tx, link, emailProblem);
    });
  }

  private async noteFailure(
    lease: Lease,
    link: PortalLink,
    problem: string,
    next: Date | null,
  ): Promise<void> {
    const { orgId, id: linkId } = link;
    await this.dataSource.transaction(async (tx) => {
      const noted = await this.links.finishDelivery(tx, lease, {
        emailAttempts: link.emailAttempts + 1,
        emailProblem: problem,
        ...(next ? { emailNextAttemptAt: next } : GIVEN_UP),
      });
      if (!noted) return;
      if (next) await this.jobs.enqueue(tx, 'portal.email.send', { orgId, linkId }, next);
      else await this.undelivered.reportProposal(tx, link, problem);
    });
  }
}

/** `problemBefore`: why the attempt before failed. */
function failureOf(error: unknown, problemBefore: string | null): DeliveryFailure | null {
  if (error instanceof MailError) {
    return { problem: `${error.message}.`, permanent: endsHere(error, problemBefore) };
  }
  if (error instanceof EncryptionError) {
    return {
      problem: 'The link can no longer be read: its encryption key is gone. Make a new one.',
      permanent: true,
    };
  }
  return null;
}
