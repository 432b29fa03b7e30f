import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Allow } from '../../access/allow.decorator.js';
import type { SessionUser } from '../../access/authenticated-users.service.js';
import { BrowserSession } from '../../access/browser-session.decorator.js';
import { CurrentUser } from '../../access/current-user.decorator.js';
import { OwnSignIn } from '../../access/own-sign-in.decorator.js';
import { READERS } from '../../access/permissions.js';
import { ConfirmationService } from '../../second-factor/confirmation.service.js';
import { SecondFactorSetupService } from '../../second-factor/second-factor-setup.service.js';
import { UsersService } from '../../people/users.service.js';
import { SecondFactorsService } from '../../second-factor/second-factors.service.js';
import { StepUp } from '../../access/step-up.decorator.js';
import { SECOND_FACTOR_PATH } from '../account-addresses.js';
import { sendPageAgain } from './account-form.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { formSchema, type FormFields, REFERRER, textOf } from '../../../platform/http/pages/page-form.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { factorSetupPage, recoveryCodesPage, secondFactorPage } from './second-factor-pages.js';

const WRONG_CODE =
  'The code is wrong: type what the app shows now, and see that the clock of the phone is right.';

/** The pages of the own second factor. They have no script; their forms count only where our own pages send them. */
@ApiTags('Sign-in')
@Controller('auth/account/second-factor')
@AnswersPages()
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class SecondFactorPageController {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly setups: SecondFactorSetupService,
    private readonly confirmations: ConfirmationService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of the own second factor' })
  @ApiQuery({ name: 'done', required: false, enum: ['off'] })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(@CurrentUser() user: SessionUser, @Query('done') done: unknown): Promise<string> {
    return secondFactorPage({ ...(await this.standing(user)), isDue: user.lacksFactor, done });
  }

  @Post('setup')
  @HttpCode(200)
  @StepUp()
  @ApiOperation({ summary: 'Begin to set up the own second factor with the form of the page' })
  @ApiResponse({ status: 200, description: 'A page with the key for the app, shown once' })
  @ApiResponse({
    status: 303,
    description: 'The last proof of who you are is too old: go to the confirmation',
  })
  async setUp(@CurrentUser() user: SessionUser, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, user, async () => factorSetupPage({ offered: await this.setups.begin(user) }));
  }

  @Post('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turn the own second factor on with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['totp']) })
  @ApiResponse({ status: 200, description: 'A page with the recovery codes, shown once' })
  @ApiResponse({ status: 422, description: 'The page again: the code is wrong' })
  async turnOn(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(
      reply,
      user,
      async () => recoveryCodesPage(await this.setups.finish(user, textOf(fields?.totp))),
      ({ kind }) => (kind === 'invalid' ? factorSetupPage({ refusal: WRONG_CODE }) : undefined),
    );
  }

  @Post('disable')
  @HttpCode(303)
  @ApiOperation({ summary: 'Turn the own second factor off with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['password', 'totp']) })
  @ApiResponse({ status: 303, description: 'It is off: the page again' })
  @ApiResponse({ status: 422, description: 'The page again: the password or the code is wrong' })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async turnOff(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Req() { ip }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const proof = { password: textOf(fields?.password), totp: textOf(fields?.totp), ip };
    await this.answer(reply, user, async () => {
      await this.confirmations.turnFactorOff(user, proof).catch((error: unknown) => {
        // Pressed twice, the second finds none any more, and the page says that it is off.
        if (!(error instanceof DomainError && error.code === 'totp_off')) throw error;
      });
      return null;
    });
  }

  private async standing({ orgId, userId }: SessionUser) {
    return { factor: await this.factors.find(userId), timeZone: await this.users.timeZoneOf(orgId) };
  }

  /** Sends the page that work makes, or back to the first one for null; a refusal is told on a page. */
  private async answer(
    reply: FastifyReply,
    user: SessionUser,
    work: () => Promise<string | null>,
    pageAgain?: (error: DomainError) => string | undefined,
  ): Promise<void> {
    try {
      const html = await work();
      if (html === null) return void reply.redirect(`${SECOND_FACTOR_PATH}?done=off`, 303);
      void reply
        .header(...REFERRER)
        .type(HTML)
        .send(html);
    } catch (error) {
      const again = error instanceof DomainError ? pageAgain?.(error) : undefined;
      await sendPageAgain(
        reply,
        error,
        async (refusal) => again ?? secondFactorPage({ ...(await this.standing(user)), refusal }),
      );
    }
  }
}
