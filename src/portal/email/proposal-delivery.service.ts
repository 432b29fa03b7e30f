import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { MailError } from '../../platform/mail/mail-error.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { ActivityRepository } from '../../proposals/activity.repository.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import { EncryptionError } from '../../platform/encryption/encryption.js';
import { Clock } from '../../platform/time/clock.js';
import { linkState } from '../links/link-life.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { PortalLinksRepository } from '../links/portal-links.repository.js';
import { nextEmailAttempt } from './email-attempts.js';
import { ProposalMailWriterService } from './proposal-mail-writer.service.js';

const LEASE_MS = 120_000;
const EMAILS_PER_ROUND_MAX = 100;

/**
 * Carries out that links are e-mailed. A delivery that fails is tried again for hours and then stands as failed with its
 * reason; one whose answer was lost may arrive twice, under one Message-ID.
 */
@Injectable()
export class ProposalDeliveryService implements OnApplicationBootstrap {
  private readonly logger = new Logger(ProposalDeliveryService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly links: PortalLinksRepository,
    private readonly proposals: ProposalsRepository,
    private readonly activities: ActivityRepository,
    private readonly writer: ProposalMailWriterService,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('portal.email.send', ({ orgId, linkId }) => this.deliver(orgId, linkId));
  }

  @Cron(CronExpression.EVERY_10_SECONDS, { name: 'portal-email', timeZone: 'UTC', waitForCompletion: true })
  async tick(): Promise<void> {
    await this.wakeDue().catch((error: unknown) => this.logger.error(error));
  }

  /** Has every e-mail that is due tried: a retry whose time has come, or one whose worker died. Answers how many. */
  async wakeDue(): Promise<number> {
    const due = await this.links.listDue(this.dataSource.manager, this.clock.now(), EMAILS_PER_ROUND_MAX);
    await this.dataSource.transaction(async (tx) => {
      for (const { orgId, id } of due)
        await this.jobs.enqueue(tx, 'portal.email.send', { orgId, linkId: id });
    });
    return due.length;
  }

  /** Sends the e-mail of a link that waits for it and is due; else does nothing. */
  async deliver(orgId: number, linkId: number): Promise<void> {
    const link = await this.claim(orgId, linkId);
    if (!link) return;
    try {
      await this.mail.send(await this.writer.write(link));
    } catch (error) {
      const known = knownFailure(error);
      if (!known) throw error;
      await this.noteFailure(link, known);
      return;
    }
    await this.noteAcceptance(link);
  }

  /** Holds other workers off while this one sends. Null where there is nothing to send now. */
  private async claim(orgId: number, linkId: number): Promise<PortalLink | null> {
    return this.dataSource.transaction(async (tx) => {
      const link = await this.links.lock(tx, orgId, linkId);
      const now = this.clock.now();
      if (link.emailState !== 'queued' || (link.emailNextAttemptAt ?? now) > now) return null;
      if (linkState(link, now) !== 'live') {
        const problem = 'The link ended before it could be sent. Make a new one.';
        await this.links.update(tx, link, {
          emailState: 'failed',
          emailTokenEncrypted: null,
          emailProblem: problem,
        });
        return null;
      }
      await this.links.update(tx, link, { emailNextAttemptAt: new Date(now.getTime() + LEASE_MS) });
      return link;
    });
  }

  private async noteAcceptance(link: PortalLink): Promise<void> {
    const { orgId, proposalId, id } = link;
    await this.dataSource.transaction(async (tx) => {
      await this.links.update(tx, link, {
        emailState: 'sent',
        emailedAt: this.clock.now(),
        emailTokenEncrypted: null,
        emailProblem: null,
      });
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

  private async noteFailure(link: PortalLink, { problem, permanent }: Failure): Promise<void> {
    const { orgId, id } = link;
    await this.dataSource.transaction(async (tx) => {
      const current = await this.links.lock(tx, orgId, id);
      if (current.emailState !== 'queued') return;
      const emailAttempts = current.emailAttempts + 1;
      const next = permanent ? null : nextEmailAttempt(emailAttempts, this.clock.now());
      await this.links.update(tx, link, {
        emailAttempts,
        emailProblem: problem,
        ...(next
          ? { emailNextAttemptAt: next }
          : { emailState: 'failed' as const, emailTokenEncrypted: null, emailNextAttemptAt: null }),
      });
    });
    this.logger.warn({ orgId, linkId: id, permanent, problem }, 'A proposal could not be e-mailed');
  }
}

interface Failure {
  problem: string;
  permanent: boolean;
}

function knownFailure(error: unknown): Failure | null {
  if (error instanceof MailError) return { problem: `${error.message}.`, permanent: error.permanent };
  if (error instanceof EncryptionError) {
    return {
      problem: 'The link can no longer be read: its encryption key is gone. Make a new one.',
      permanent: true,
    };
  }
  return null;
}
