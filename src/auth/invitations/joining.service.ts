import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { MembershipsRepository } from '../people/memberships.repository.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';
import { type NewPerson, UsersService } from '../people/users.service.js';
import { SecondFactorsRepository } from '../second-factor/second-factors.repository.js';
import { wrongCredentials } from '../sign-in/sign-in-refusals.js';
import type { ProvenPerson } from '../sign-in/sign-in.service.js';
import { invitationNotGood } from './invitation-not-good.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { ShownInvitation } from './invitations.service.js';

/** Writes down that somebody joined by an invitation, which is used up with it. Who they are is proved before. */
@Injectable()
export class JoiningService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invitations: InvitationsRepository,
    private readonly users: UsersRepository,
    private readonly usersService: UsersService,
    private readonly memberships: MembershipsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Somebody new, with a password of their choice. */
  async addPerson(invitation: ShownInvitation, person: NewPerson, passwordHash: string): Promise<User> {
    const own = { passwordHash, passwordByAdmin: false };
    try {
      return await this.join(invitation, (tx) => this.usersService.insert(tx, invitation.orgId, person, own));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'email_taken') throw beganMeanwhile();
      throw error;
    }
  }

  /** Nobody joins with a password that was replaced, or without a second factor that was turned on, meanwhile. */
  async addMembership(
    invitation: ShownInvitation,
    proven: ProvenPerson,
    then: (tx: EntityManager, joined: User) => Promise<User> = async (_tx, joined) => joined,
  ): Promise<User> {
    const { orgId, roles } = invitation;
    const { id: userId, orgId: homeId, tokenEpoch } = proven.user;
    return this.join(
      invitation,
      async (tx) => {
        const current = await this.users.getInOrg(tx, homeId, userId);
        const isSame = current.tokenEpoch === tokenEpoch;
        if (!isSame || (!proven.hasFactor && (await this.factors.isOn(tx, userId)))) {
          throw wrongCredentials('invitation');
        }
        await this.memberships.add(tx, orgId, userId, this.clock.now());
        await this.memberships.setRoles(tx, { orgId, userId, roles });
        return then(tx, await this.users.getInOrg(tx, orgId, userId));
      },
      userId,
    );
  }

  /** The organisation is locked first, as by who invites; a person before their invitation, as by who forgets them. */
  private async join(
    invitation: ShownInvitation,
    add: (tx: EntityManager) => Promise<User>,
    personId?: number,
  ): Promise<User> {
    const { id, orgId, roles } = invitation;
    return inOrganisation(orgId, () =>
      this.dataSource.transaction(async (tx) => {
        await this.users.lockOrg(tx, orgId);
        if (personId !== undefined) await this.users.lock(tx, personId);
        if (!(await this.invitations.accept(tx, orgId, id, this.clock.now()))) throw invitationNotGood();
        const user = await add(tx);
        await this.audit.record(tx, orgId, {
          action: 'user.invitation_accepted',
          subject: `user:${user.id}`,
          userId: user.id,
          after: { email: user.email, full_name: user.fullName, roles, invitation: id },
        });
        return user;
      }),
    );
  }
}

/** Two invitations of one new address, accepted at once: this one is as good as before. */
function beganMeanwhile(): DomainError {
  return new DomainError(
    'conflict',
    'email_taken',
    'Somebody chose a password for this address at the same moment. Send the same again with that password.',
  );
}
