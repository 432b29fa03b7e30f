import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import { MembershipsRepository } from '../people/memberships.repository.js';
import { PasswordHashSemaphoreService } from '../passwords/password-hash-semaphore.service.js';
import { PasswordChangeService } from '../passwords/password-change.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SecondFactorsRepository } from '../second-factor/second-factors.repository.js';
import { type ProvenPerson, SignInService } from '../sign-in/sign-in.service.js';
import type { User } from '../people/user.js';
import { type NewPerson, UsersService } from '../people/users.service.js';
import { invitationNotGood } from './invitation-not-good.js';
import { inHereAlready, InvitationsService, type ShownInvitation } from './invitations.service.js';
import { JoiningService } from './joining.service.js';

/** What the holder of a mailed token sends. */
export interface SentAcceptance {
  token: string;
  /** A new one, or the present one of who signs in already. */
  password: string;
  /** A code of the second factor of who signs in already. */
  totp?: string;
  ip: string;
}

/**
 * Has invited people join once they have proved who they are: new ones with a password of their choice, others with the
 * one they have, or a new one where an admin elsewhere chose that.
 */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invitations: InvitationsService,
    private readonly joining: JoiningService,
    private readonly memberships: MembershipsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly usersService: UsersService,
    private readonly signIn: SignInService,
    private readonly passwords: PasswordsService,
    private readonly semaphore: PasswordHashSemaphoreService,
    private readonly passwordChange: PasswordChangeService,
  ) {}

  /**
   * Has the person join who holds the token, which uses it up. Somebody new is made with this password; who signs in
   * with the address already proves it as at a sign-in, and keeps name and password. Throws 400 for a token that is not
   * good, 409 for who is in the organisation by now; 422 for a new password that breaks the rules, and what a sign-in
   * throws for one that is wrong, after which the token is as good as before.
   */
  async accept(sent: SentAcceptance): Promise<ProvenPerson> {
    const invitation = await this.invitations.find(sent.token);
    if (!invitation) throw invitationNotGood();
    const { person } = invitation;
    if (person === null) return { user: await this.addPerson(invitation, sent.password), hasFactor: false };
    if (person.orgId === invitation.orgId) throw await this.joinedAlready(sent.token, person);
    const { password, totp, ip } = sent;
    if (await this.replacesPassword(person, password)) {
      return this.joinWithNewPassword(invitation, person, password);
    }
    const credentials = { email: person.email, password, totp, ip, occasion: 'invitation' } as const;
    const proven = await this.signIn.verify(credentials);
    return { ...proven, user: await this.joining.addMembership(invitation, proven) };
  }

  /** Who is in the organisation joined by this invitation at this moment, or else another way. */
  private async joinedAlready(token: string, person: User): Promise<DomainError> {
    return (await this.invitations.find(token)) === null ? invitationNotGood() : inHereAlready(person);
  }

  private async addPerson(invitation: ShownInvitation, password: string): Promise<User> {
    const { orgId, email, fullName, roles, company } = invitation;
    const person: NewPerson = { email, fullName, password, roles };
    const passwordHash = await this.usersService.hashNewPassword(person, company, `org:${orgId}`);
    return this.joining.addPerson(invitation, person, passwordHash);
  }

  /**
   * True of a new password from somebody whose present one an admin elsewhere chose, who could sign in here with it:
   * who holds the mailed token replaces it, as by a link to a new password. A second factor is not passed over by that,
   * unless no organisation lets the person in, when it protects nothing and may be anybody's.
   */
  private async replacesPassword(person: User, password: string): Promise<boolean> {
    if (!person.passwordByAdmin) return false;
    const isProtected = person.hasSecondFactor && (await this.isLetIn(person));
    if (isProtected) return false;
    const matches = () => this.passwords.matches(password, person.passwordHash);
    return !(await this.semaphore.pass(`user:${person.id}`, matches));
  }

  private async joinWithNewPassword(
    invitation: ShownInvitation,
    person: User,
    password: string,
  ): Promise<ProvenPerson> {
    const { email, fullName, company } = invitation;
    const facts = { email, fullName, company };
    const passwordHash = await this.passwords.hashNew(password, facts, `user:${person.id}`);
    const isForgotten = !(await this.isLetIn(person));
    const proven = { user: person, hasFactor: isForgotten };
    const user = await this.joining.addMembership(invitation, proven, async (tx, joined) => {
      if (isForgotten) await this.factors.remove(tx, person.id);
      return this.passwordChange.replace(tx, joined, passwordHash, 'reset');
    });
    return { user, hasFactor: false };
  }

  private async isLetIn({ id }: User): Promise<boolean> {
    return this.memberships.isLetInAnywhere(this.dataSource.manager, id);
  }
}
