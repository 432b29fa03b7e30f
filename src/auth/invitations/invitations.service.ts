import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { Clock } from '../../platform/time/clock.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import { firstPressOfLinkSince } from '../sessions/two-presses.js';
import { AccountMailsRepository } from '../account/mail/account-mails.repository.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import {
  type Invitation,
  type InvitationPlace,
  InvitationsRepository,
  type MailedInvitation,
} from './invitations.repository.js';
import type { NewPerson } from '../people/users.service.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';
import { after, DAY_MS } from '../../platform/time/after.js';

/** Long enough for a person on holiday. */
const LIFE_MS = 7 * DAY_MS;
const TO_AN_ADDRESS_MAX = 5;
const BY_A_PERSON_MAX = 100;
const OF_AN_ORGANISATION_MAX = 500;

/** An open invitation as its holder sees it. */
export interface ShownInvitation extends Invitation {
  company: string;
  /** Who signs in with the address already, and joins with their present password; null: it is nobody's yet. */
  person: User | null;
}

/**
 * People are invited by mail, whether they sign in somewhere already or not. Nothing of a person comes about until the
 * invitation is accepted, so nobody takes an address that is not theirs or has somebody join who does not want to.
 */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invitations: InvitationsRepository,
    private readonly users: UsersRepository,
    private readonly tokens: AccessTokensService,
    private readonly mails: AccountMailsRepository,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Has an invitation mailed that can be accepted once within seven days; an earlier one for the address ends. Throws a
   * conflict for somebody who is in the organisation already, let in or not, or where no mail server is named, and 429
   * above 5 mails a day to one address, 100 by one person or 500 of the organisation; `forbidden` where the inviter is
   * no admin any more.
   */
  async invite(
    inviter: AuthenticatedUser,
    person: Omit<NewPerson, 'password' | 'demo'>,
  ): Promise<MailedInvitation> {
    if (!this.mail.configured) throw smtpNotConfigured();
    const now = this.clock.now();
    const { orgId, userId } = inviter;
    const { email, fullName, roles } = person;
    const id = randomUUID();
    const expiresAt = after(now, LIFE_MS);
    const facts = { id, orgId, email, fullName, roles: [...roles], invitedBy: userId };
    const invitation: Invitation = { ...facts, createdAt: now, expiresAt };
    return this.dataSource.transaction(async (tx) => {
      await this.users.lockOrgFor(tx, inviter);
      const known = await this.users.findByEmail(tx, email, orgId);
      if (known?.orgId === orgId) throw inHereAlready(known);
      const counts = await this.invitations.countMails(tx, invitation, after(now, -DAY_MS));
      const isTooMany =
        counts.toAddress >= TO_AN_ADDRESS_MAX ||
        counts.byPerson >= BY_A_PERSON_MAX ||
        counts.ofOrganisation >= OF_AN_ORGANISATION_MAX;
      if (isTooMany) throw tooMany();
      await this.invitations.endOfAddress(tx, orgId, email, now);
      await this.invitations.insert(tx, invitation, this.tokens.hashOf(this.tokens.accountToken(id)));
      await this.mails.insertInvitation(tx, { id, orgId, email }, now);
      await this.jobs.enqueue(tx, 'account.mail.send', { mailId: id });
      const invited = { email, full_name: fullName, roles, expires_at: expiresAt };
      await this.audit.record(tx, orgId, {
        action: 'user.invited',
        subject: `invitation:${id}`,
        after: invited,
      });
      return { ...invitation, mailState: 'queued', mailProblem: null, mailNextAttemptAt: now };
    });
  }

  /** The invitations of an organisation that can be accepted, newest first. */
  async listOpen(
    orgId: number,
    page: { limit: number; before?: InvitationPlace },
  ): Promise<MailedInvitation[]> {
    return this.invitations.listOpen(this.dataSource.manager, orgId, { ...page, now: this.clock.now() });
  }

  /** Ends an invitation. Throws `not_found` where there is none that can be accepted. */
  async revoke(orgId: number, id: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.invitations.end(tx, orgId, id, this.clock.now()))) throw notFound('invitation', id);
      const deed = { action: 'user.invitation_revoked', subject: `invitation:${id}` } as const;
      await this.audit.record(tx, orgId, deed);
    });
  }

  /** The name of the organisation that somebody joined by this token just now; null where nobody did. */
  async justJoined(token: string): Promise<string | null> {
    const tx = this.dataSource.manager;
    const since = firstPressOfLinkSince(this.clock.now());
    const orgId = await this.invitations.findAcceptedOrg(tx, this.tokens.hashOf(token), since);
    return orgId === null ? null : this.users.companyOf(tx, orgId);
  }

  /** What a mailed token invites to, while it is good. */
  async find(token: string): Promise<ShownInvitation | null> {
    if (!this.tokens.isRefreshToken(token)) return null;
    const tx = this.dataSource.manager;
    const found = await this.invitations.findOpenByToken(tx, this.tokens.hashOf(token), this.clock.now());
    if (!found) return null;
    const company = await this.users.companyOf(tx, found.orgId);
    return { ...found, company, person: await this.users.findByEmail(tx, found.email, found.orgId) };
  }
}

function smtpNotConfigured(): DomainError {
  return new DomainError(
    'conflict',
    'smtp_not_configured',
    'This installation sends no e-mail. Set SMTP_URL, or add the person with a password by POST /users.',
  );
}

function tooMany(): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_emails',
    `At most ${TO_AN_ADDRESS_MAX} invitations a day go to one address, ${BY_A_PERSON_MAX} from one person, and ` +
      `${OF_AN_ORGANISATION_MAX} from one organisation.`,
    undefined,
    { retryAfterSeconds: 3_600 },
  );
}

/** Nobody joins an organisation twice. Pure. */
export function inHereAlready({ email, isActive }: Pick<User, 'email' | 'isActive'>): DomainError {
  const next = isActive ? '' : ' Let them in again: set is_active to true by PATCH /users/{id}.';
  return new DomainError('conflict', 'email_taken', `${email} is in this organisation already.${next}`);
}
