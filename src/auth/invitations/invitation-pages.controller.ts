import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors/domain-error.js';
import { AnswersPages } from '../../platform/http/decorators/answers-pages.decorator.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { formSchema, type FormFields, sendPage, textOf } from '../../platform/http/pages/page-form.js';
import { ACCOUNT_PATH } from '../account/account-addresses.js';
import { refuse, STALE } from '../account/pages/account-form.js';
import { BrowserCookiesService } from '../access/browser-cookies.service.js';
import { SecondFactorsService } from '../second-factor/second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { invitationOverPage, invitationPage, joinedPage } from './invitation-pages.js';
import { InvitationsService } from './invitations.service.js';

/** The page for a person who was invited. It has no script, and takes only its own form. */
@ApiTags('People')
@Controller('auth/invitation')
@AnswersPages()
@Public()
export class InvitationPagesController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: InvitationAcceptanceService,
    private readonly factors: SecondFactorsService,
    private readonly sessions: SessionsService,
    private readonly cookies: BrowserCookiesService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The page that a mailed invitation leads to' })
  @ApiQuery({ name: 'token', required: false })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 400, description: 'A page: the invitation does not work any more' })
  async show(@Query('token') sent: unknown, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, 200, textOf(sent));
  }

  @Post()
  @HttpCode(303)
  @ApiOperation({ summary: 'Join with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['token', 'csrf_token'], ['new_password', 'repeated', 'password', 'totp']) })
  @ApiResponse({ status: 303, description: 'Joined and signed in: go to the own account' })
  @ApiResponse({ status: 400, description: 'A page: the invitation does not work any more' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 409, description: 'The page again: you are in the organisation already' })
  @ApiResponse({
    status: 422,
    description: 'The page again: a password is not good or wrong, the two differ, or the code is wrong',
  })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async submit(
    @Body() fields: FormFields,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const token = textOf(fields?.token);
    if (!this.cookies.isOwnForm(request, fields?.csrf_token)) return this.answer(reply, 403, token, STALE);
    const isNew = fields?.password === undefined;
    const password = textOf(isNew ? fields?.new_password : fields.password);
    if (isNew && password !== textOf(fields?.repeated)) {
      return this.answer(reply, 422, token, 'The two passwords differ.');
    }
    try {
      const { ip, headers } = request;
      const sent = { token, password, totp: textOf(fields?.totp), ip };
      const { user, hasFactor } = await this.acceptance.accept(sent);
      const origin = { ip, userAgent: headers['user-agent'] };
      this.cookies.setSession(reply, await this.sessions.beginInBrowser(user, origin, { hasFactor }));
      this.cookies.clearFormToken(reply);
      void reply.redirect(ACCOUNT_PATH, 303);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status, refusal } = refuse(reply, error);
      await this.answer(reply, status, token, refusal);
    }
  }

  private async answer(reply: FastifyReply, status: number, token: string, refusal?: string): Promise<void> {
    const invitation = await this.invitations.find(token);
    const isSent = refusal !== undefined;
    if (!invitation) return this.answerOver(reply, isSent ? await this.invitations.justJoined(token) : null);
    const csrfToken = this.cookies.formToken(reply);
    const { company, fullName, email, person } = invitation;
    // Who has a password that an admin elsewhere chose takes a new one, as somebody new does.
    const keepsPassword = person !== null && !person.passwordByAdmin;
    const account = keepsPassword ? { hasFactor: (await this.factors.find(person.id)) !== null } : null;
    const html = invitationPage({ csrfToken, token, company, fullName, email, account, refusal });
    sendPage(reply, html, status);
  }

  /** Of a form that was sent twice, the browser shows the answer to the second alone: that they joined, and where. */
  private answerOver(reply: FastifyReply, company: string | null): void {
    if (company === null) sendPage(reply, invitationOverPage(), 400);
    else sendPage(reply, joinedPage(company));
  }
}
