import { Body, Controller, Delete, Get, Headers, HttpCode, Ip, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiPageResponse, type Page, PageQuery } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { UuidPipe } from '../../platform/http/uuid.pipe.js';
import { cursorOf, sessionPlace } from '../account/session-cursor.js';
import { Allow } from '../access/allow.decorator.js';
import { TokensView } from '../auth.dto.js';
import { tokensView } from '../auth.view.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import { ADMINS } from '../access/permissions.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { StepUp } from '../access/step-up.decorator.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { AcceptInvitation, InvitationView, InviteUser } from './invitation.dto.js';
import { invitationView } from './invitation.view.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('People')
@Controller()
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: InvitationAcceptanceService,
    private readonly sessions: SessionsService,
  ) {}

  @Post('users/invite')
  @StepUp()
  @Allow(ADMINS)
  @ApiOperation({
    summary: 'Invite a person by mail, who chooses the password; good once, for seven days',
    description:
      'Somebody who signs in to another organisation joins with the password they have. An earlier invitation for ' +
      'the same address ends. 5 mails a day to one address. 409 `email_taken` for who is in your organisation already.',
  })
  @ApiCreatedResponse({ type: InvitationView })
  @ApiProblems(409, 422, 429)
  async invite(@CurrentUser() user: AuthenticatedUser, @Body() body: InviteUser): Promise<InvitationView> {
    const person = { email: body.email, fullName: body.full_name, roles: body.roles };
    return invitationView(await this.invitations.invite(user, person));
  }

  @Get('users/invitations')
  @Allow(ADMINS)
  @ApiOperation({ summary: 'List the invitations that can be accepted, newest first' })
  @ApiPageResponse(InvitationView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<Page<InvitationView>> {
    const place = sessionPlace(cursor);
    const before = place && { createdAt: place.begunAt, id: place.id };
    const rows = await this.invitations.listOpen(orgId, { limit: limit + 1, before });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      items: shown.map(invitationView),
      next_cursor: last ? cursorOf({ begunAt: last.createdAt, id: last.id }) : null,
    };
  }

  @Delete('users/invitations/:id')
  @Allow(ADMINS)
  @HttpCode(204)
  @ApiOperation({ summary: 'Take an invitation back: its link is worth nothing from here on' })
  @ApiNoContentResponse({ description: 'It is over' })
  @ApiProblems(400, 404)
  async revoke(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', UuidPipe) id: string,
  ): Promise<void> {
    await this.invitations.revoke(orgId, id);
  }

  @Post('auth/invitations/accept')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Join with the token of the mail and a password of the own; signs in',
    description:
      'Somebody new chooses the password. Whoever signs in with the address already sends their present one, and ' +
      '`totp` where they have a second factor: a wrong one is 401 as at POST /auth/login, and the invitation stays ' +
      'good.',
  })
  @ApiOkResponse({ type: TokensView })
  @ApiProblems(400, 401, 409, 422, 429)
  async accept(
    @Body() { token, password, totp }: AcceptInvitation,
    @Ip() ip: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<TokensView> {
    const { user, hasFactor } = await this.acceptance.accept({ token, password, totp, ip });
    return tokensView(await this.sessions.begin(user, { ip, userAgent }, { hasFactor }));
  }
}
