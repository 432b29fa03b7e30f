import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { customerErased } from '../../customers/customer-erased.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { afterId, type PageQuery } from '../../platform/http/lists/page.dto.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { Clock } from '../../platform/time/clock.js';
import { linkEnd, linkState } from './link-life.js';
import { linkTokenHash, newLinkToken } from './link-token.js';
import { pageAddress } from './page-address.js';
import type { PortalLink } from './portal-link.entity.js';
import { PortalLinksRepository } from './portal-links.repository.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { after, DAY_MS } from '../../platform/time/after.js';

/** Of one organisation within 24 hours. */
const EMAILS_TO_ADDRESS_MAX = 10;
const EMAILS_BY_PERSON_MAX = 200;
/** An admin can add people without end, so those of one person alone are no bound. */
const EMAILS_OF_ORGANISATION_MAX = 1_000;

/** A link with the one thing about it that is kept nowhere. */
export interface NewLink {
  link: PortalLink;
  url: string;
}

/** Owns the life of the links by which customers see their proposal: made, opened, ended. */
@Injectable()
export class PortalLinksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly links: PortalLinksRepository,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** A new link beside those there are. Throws where there is no such proposal, or nothing in it to approve or pay. */
  async create({ orgId, userId }: AuthenticatedUser, proposalId: number, days: number): Promise<NewLink> {
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
      const made = await this.insert(tx, proposal, { createdBy: userId, days });
      await this.audit.record(tx, orgId, {
        action: 'link.created',
        subject: `link:${made.link.id}`,
        proposalId,
        after: { expires_at: made.link.expiresAt },
      });
      return made;
    });
  }

  /** The same as part of the caller's transaction. `email` makes it wait to be sent to an address. */
  async insert(
    tx: EntityManager,
    proposal: Lead,
    request: {
      createdBy: number;
      days: number;
      email?: (token: string, tokenHash: Buffer) => Partial<PortalLink>;
    },
  ): Promise<NewLink> {
    assertShowable(proposal);
    await this.assertReachable(tx, proposal);
    const token = newLinkToken();
    const tokenHash = linkTokenHash(token);
    const createdAt = this.clock.now();
    const email = request.email?.(token, tokenHash);
    if (email?.emailedTo) {
      const { orgId } = proposal;
      await this.assertMayEmail(tx, { orgId, createdBy: request.createdBy, emailedTo: email.emailedTo });
    }
    const link = await this.links.insert(tx, {
      orgId: proposal.orgId,
      proposalId: proposal.id,
      tokenHash,
      createdBy: request.createdBy,
      createdAt,
      expiresAt: linkEnd(createdAt, request.days),
      ...email,
    });
    return { link, url: pageAddress(this.config.portalPublicUrl, token) };
  }

  /** Throws where the customer's data was erased: who opens the page may sign there, by name and address. */
  private async assertReachable(tx: EntityManager, { orgId, customerId }: Lead): Promise<void> {
    const customer = await this.customers.getInOrg(tx, orgId, customerId!);
    if (customer.erasedAt !== null) throw customerErased(customer.id);
  }

  /** Throws where too much was mailed: the installation's domain is not to be anybody's way to write to strangers. */
  async assertMayEmail(
    tx: EntityManager,
    { orgId, createdBy, emailedTo }: { orgId: number; createdBy: number; emailedTo: string },
  ): Promise<void> {
    await this.links.lockEmails(tx, orgId);
    const since = after(this.clock.now(), -DAY_MS);
    const sent = await this.links.countEmails(tx, { orgId, createdBy, emailedTo }, since);
    if (sent.toAddress >= EMAILS_TO_ADDRESS_MAX) {
      throw tooManyEmails(`${EMAILS_TO_ADDRESS_MAX} e-mails went to this address within a day`);
    }
    if (sent.byPerson >= EMAILS_BY_PERSON_MAX) {
      throw tooManyEmails(`you sent ${EMAILS_BY_PERSON_MAX} e-mails within a day`);
    }
    if (sent.ofOrganisation >= EMAILS_OF_ORGANISATION_MAX) {
      throw tooManyEmails(`your organisation sent ${EMAILS_OF_ORGANISATION_MAX} e-mails within a day`);
    }
  }

  /** One more than the page holds, newest first. Throws where there is no such proposal. */
  async list(orgId: number, proposalId: number, query: PageQuery): Promise<PortalLink[]> {
    const tx = this.dataSource.manager;
    const window = { limit: query.limit, beforeId: afterId(query) };
    await this.proposals.getInOrg(tx, orgId, proposalId);
    return this.links.listOfProposal(tx, orgId, proposalId, window);
  }

  /** Ends every link of the proposal at once. Answers how many there were. */
  async revokeAll(orgId: number, proposalId: number): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const why = 'The link was revoked before it was sent.';
      const revoked = await this.links.revokeAll(tx, orgId, proposalId, this.clock.now(), why);
      const deed = { action: 'link.revoked', subject: `proposal:${proposalId}`, proposalId } as const;
      await this.audit.record(tx, orgId, { ...deed, after: { revoked } });
      return revoked;
    });
  }

  /** Works with the link of this token, in its organisation. Throws as `open` does. */
  async withOpen<T>(token: string, work: (link: PortalLink) => Promise<T>): Promise<T> {
    const link = await this.open(token);
    return inOrganisation(link.orgId, () => work(link));
  }

  /**
   * The link of this token, as long as it is good. Throws one and the same refusal for a token that never was, one that
   * expired and one that was revoked.
   */
  async open(token: string): Promise<PortalLink> {
    const link = await this.links.findByTokenHash(this.dataSource.manager, linkTokenHash(token));
    if (!link || linkState(link, this.clock.now()) !== 'live') throw linkNotFound();
    return link;
  }

  /** The link again, locked, inside a transaction. Throws where it has ended meanwhile. */
  async confirm(tx: EntityManager, { orgId, id }: PortalLink): Promise<PortalLink> {
    const link = await this.links.lock(tx, orgId, id);
    if (linkState(link, this.clock.now()) !== 'live') throw linkNotFound();
    return link;
  }
}

function tooManyEmails(reason: string): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_emails',
    `No e-mail was sent: ${reason}. Try again tomorrow, or send the link yourself.`,
    undefined,
    { retryAfterSeconds: DAY_MS / 1000 / 24 },
  );
}

function linkNotFound(): DomainError {
  return new DomainError('not_found', 'link_not_found', 'This link does not open a proposal.');
}

function assertShowable({ id, status, amountCents }: Lead): void {
  if (status === 'cancelled') {
    throw new DomainError(
      'conflict',
      'proposal_cancelled',
      `Proposal ${id} is cancelled; there is nothing to show its customer. Draft a new one.`,
    );
  }
  if (!amountCents) {
    throw new DomainError(
      'conflict',
      'proposal_without_amount',
      `Proposal ${id} comes to nothing. Give it lines with a price by PATCH /proposals/${id}, then make the link.`,
    );
  }
}
