import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { SessionUser } from '../../access/authenticated-users.service.js';
import { SecondFactorsService } from '../../second-factor/second-factors.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { UsersService } from '../../people/users.service.js';
import { sendPageAgain } from './account-form.js';
import { type OwnAccount, ownAccountPage } from './own-account-page.js';

const SESSIONS_SHOWN = 50;

/** Draws the page of the own account, with what is so at this moment. */
@Injectable()
export class OwnAccountPageService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactorsService,
  ) {}

  async show(
    { orgId, userId, company, sessionId }: SessionUser,
    shown: Pick<OwnAccount, 'done' | 'refusal' | 'of'>,
  ): Promise<string> {
    const { email, fullName, roles } = await this.users.get(orgId, userId);
    const orgs = await this.users.listOrgs(userId);
    const sessions = await this.sessions.listLive(userId, { limit: SESSIONS_SHOWN });
    const factor = await this.factors.find(userId);
    const timeZone = await this.users.timeZoneOf(orgId);
    const person = { email, fullName, orgId, company, timeZone, roles, orgs };
    return ownAccountPage({ ...person, ...shown, sessions, currentId: sessionId, factor });
  }

  /** Sends the page again, with why a form of it was refused. Throws what is no refusal. */
  async sendAgain(
    user: SessionUser,
    reply: FastifyReply,
    error: unknown,
    of?: OwnAccount['of'],
  ): Promise<void> {
    await sendPageAgain(reply, error, (refusal) => this.show(user, { refusal, of }));
  }
}
