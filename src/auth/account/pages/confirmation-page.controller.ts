import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../../access/allow.decorator.js';
import type { SessionUser } from '../../access/authenticated-users.service.js';
import { BrowserSession } from '../../access/browser-session.decorator.js';
import { CurrentUser } from '../../access/current-user.decorator.js';
import { OwnSignIn } from '../../access/own-sign-in.decorator.js';
import { READERS } from '../../access/permissions.js';
import { returnTo } from '../../sign-in/return-to.js';
import { ConfirmationService } from '../../second-factor/confirmation.service.js';
import { SecondFactorsService } from '../../second-factor/second-factors.service.js';
import { ACCOUNT_PATH } from '../account-addresses.js';
import { sendPageAgain } from './account-form.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { formSchema, type FormFields, REFERRER, textOf } from '../../../platform/http/pages/page-form.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { confirmationPage } from './confirmation-page.js';

/** The page a browser is led to by what wants a recent proof of who its person is. It has no script. */
@ApiTags('Sign-in')
@Controller('auth/account/confirm')
@AnswersPages()
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class ConfirmationPageController {
  constructor(
    private readonly confirmations: ConfirmationService,
    private readonly factors: SecondFactorsService,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page where a person proves again who they are' })
  @ApiQuery({ name: 'return_to', required: false, example: '/auth/account/second-factor' })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(@CurrentUser() user: SessionUser, @Query('return_to') wanted: unknown): Promise<string> {
    return this.pageOf(user, returnTo(wanted, ACCOUNT_PATH));
  }

  @Post()
  @HttpCode(303)
  @ApiOperation({ summary: 'Prove again who you are with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['password', 'totp', 'return_to']) })
  @ApiResponse({ status: 303, description: 'Proven: go to return_to' })
  @ApiResponse({ status: 422, description: 'The page again: the password or the code is wrong' })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async submit(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Req() { ip }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = returnTo(fields?.return_to, ACCOUNT_PATH);
    try {
      const proof = { password: textOf(fields?.password), totp: textOf(fields?.totp), ip };
      await this.confirmations.confirm(user, proof);
    } catch (error) {
      return sendPageAgain(reply, error, (refusal) => this.pageOf(user, place, refusal));
    }
    void reply.redirect(place, 303);
  }

  private async pageOf({ email, userId }: SessionUser, place: string, refusal?: string): Promise<string> {
    const hasFactor = (await this.factors.find(userId)) !== null;
    return confirmationPage({ email, hasFactor, returnTo: place, refusal });
  }
}
