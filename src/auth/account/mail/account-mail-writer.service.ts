import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { momentText } from '../../../messages/format.js';
import { Config } from '../../../platform/config/config.js';
import { inOrganisation } from '../../../platform/database/scope/scope.js';
import { after } from '../../../platform/time/after.js';
import { Clock } from '../../../platform/time/clock.js';
import { InvitationsRepository } from '../../invitations/invitations.repository.js';
import type { User } from '../../people/user.js';
import { UsersRepository } from '../../people/users.repository.js';
import { AccessTokensService } from '../../sessions/access-tokens.service.js';
import { FORGOTTEN_PATH, invitationAddress, resetAddress } from '../account-addresses.js';
import { factorMail, invitationMail, type MailText, passwordChangedMail, resetMail } from './account-mail.js';
import type { AccountMail, FactorNotice } from './account-mails.repository.js';
import { AccountTokensRepository } from '../account-tokens.repository.js';

/** A link to a new password is good for so long, from when its mail is last sent: the mail says until when. */
const TOKEN_LIFE_MS = 3_600_000;

/** Whom a mail goes to, and what it says. */
export interface Recipient {
  name: string;
  address: string;
  readonly write: () => MailText | Promise<MailText>;
}

/** Says whom a mail about an account goes to, and writes it, as both are at the moment when it is sent. */
@Injectable()
export class AccountMailWriterService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accountTokens: AccountTokensRepository,
    private readonly invitations: InvitationsRepository,
    private readonly users: UsersRepository,
    private readonly tokens: AccessTokensService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Null where there is nobody to write to any more. */
  async recipientOf(mail: AccountMail): Promise<Recipient | null> {
    if (mail.kind === 'invitation') return inOrganisation(mail.orgId!, () => this.invited(mail));
    const tx = this.dataSource.manager;
    const { userId, email } = mail;
    const user = await (userId === null
      ? this.users.findByEmail(tx, email ?? '')
      : this.users.findById(tx, userId));
    if (!user) return null;
    const { kind } = mail;
    const write = () =>
      kind === 'password_reset' ? this.writeReset(mail, user) : this.writeChange(kind, mail, user);
    return { name: user.fullName, address: user.email, write };
  }

  private async invited({ id, orgId }: AccountMail): Promise<Recipient | null> {
    const tx = this.dataSource.manager;
    const invitation = await this.invitations.findOpen(tx, orgId!, id, this.clock.now());
    const inviter = invitation && (await this.users.findInOrg(tx, orgId!, invitation.invitedBy));
    if (!invitation || !inviter) return null;
    const { fullName, email, expiresAt } = invitation;
    const person = await this.users.findByEmail(tx, email);
    const words = {
      fullName,
      signsIn: person !== null && !person.passwordByAdmin,
      company: await this.users.companyOf(tx, orgId!),
      inviter: inviter.fullName,
      url: invitationAddress(this.config.publicUrl, this.tokens.accountToken(id)),
      expiresAt: momentText(expiresAt, await this.users.timeZoneOf(tx, orgId!)),
    };
    return { name: fullName, address: email, write: () => invitationMail(words) };
  }

  /** The link is good before it is on its way. */
  private async writeReset({ id }: AccountMail, { id: userId, fullName }: User) {
    const token = this.tokens.accountToken(id);
    const createdAt = this.clock.now();
    const expiresAt = after(createdAt, TOKEN_LIFE_MS);
    const tokenHash = this.tokens.hashOf(token);
    await this.accountTokens.keep(this.dataSource.manager, { id, userId, tokenHash, createdAt, expiresAt });
    const url = resetAddress(this.config.publicUrl, token);
    return resetMail({ fullName, url, expiresAt: momentText(expiresAt, 'UTC') });
  }

  private writeChange(
    kind: 'password_changed' | FactorNotice,
    { changedBy, createdAt }: AccountMail,
    { fullName }: User,
  ) {
    const url = `${this.config.publicUrl}${FORGOTTEN_PATH}`;
    const change = { fullName, by: changedBy!, at: momentText(createdAt, 'UTC'), url };
    return kind === 'password_changed' ? passwordChangedMail(change) : factorMail({ ...change, kind });
  }
}
