import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Public } from '../../platform/http/public.decorator.js';
import { ACCOUNT_PATH } from '../account/account-addresses.js';
import { formSchema, type FormFields, HTML, refusalOf, STALE, textOf } from '../account/account-form.js';
import { BrowserCookiesService } from '../browser-cookies.service.js';
import { SessionsService } from '../sessions.service.js';
import { invitationOverPage, invitationPage } from './invitation-pages.js';
import { InvitationsService } from './invitations.service.js';

/** The page for a person who was invited. It has no script, and takes only its own form. */
@ApiTags('People')
@Controller('auth/invitation')
@Public()
export class InvitationPagesController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly sessions: SessionsService,
    private readonly cookies: BrowserCookiesService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The page that a mailed invitation leads to' })
  @ApiQuery({ name: 'token', required: false })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 400, description: 'A page: the invitation does not work any more' })
  async show(@Query('token') sent: unknown, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, 200, textOf(sent));
  }

  @Post()
  @HttpCode(303)
  @ApiOperation({ summary: 'Join with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['token', 'new_password', 'repeated', 'csrf_token']) })
  @ApiProduces('text/html')
  @ApiResponse({ status: 303, description: 'Joined and signed in: go to the own account' })
  @ApiResponse({ status: 400, description: 'A page: the invitation does not work any more' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 409, description: 'The page again: somebody signs in with the address by now' })
  @ApiResponse({ status: 422, description: 'The page again: the password is not good, or the two differ' })
  async submit(
    @Body() fields: FormFields,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [token, password] = [textOf(fields?.token), textOf(fields?.new_password)];
    if (!this.cookies.isOwnForm(request, fields?.csrf_token)) return this.answer(reply, 403, token, STALE);
    if (password !== textOf(fields?.repeated)) {
      return this.answer(reply, 422, token, 'The two passwords differ.');
    }
    try {
      const user = await this.invitations.accept(token, password);
      const origin = { ip: request.ip, userAgent: request.headers['user-agent'] };
      this.cookies.setSession(reply, await this.sessions.beginInBrowser(user, origin));
      this.cookies.clearFormToken(reply);
      void reply.redirect(ACCOUNT_PATH, 303);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status, refusal } = refusalOf(error);
      await this.answer(reply, status, token, refusal);
    }
  }

  private async answer(reply: FastifyReply, status: number, token: string, refusal?: string): Promise<void> {
    const invitation = await this.invitations.find(token);
    if (!invitation) return void reply.status(400).type(HTML).send(invitationOverPage());
    const csrfToken = this.cookies.formToken(reply);
    const { company, fullName, email } = invitation;
    const html = invitationPage({ csrfToken, token, company, fullName, email, refusal });
    void reply.status(status).type(HTML).send(html);
  }
}
