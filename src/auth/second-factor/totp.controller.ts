import { Body, Controller, Get, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Allow } from '../access/allow.decorator.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import { BrowserSession } from '../access/browser-session.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import { OwnSignIn } from '../access/own-sign-in.decorator.js';
import { READERS } from '../access/permissions.js';
import { StepUp } from '../access/step-up.decorator.js';
import { ConfirmationService } from './confirmation.service.js';
import { SecondFactorSetupService } from './second-factor-setup.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import {
  ConfirmedView,
  ConfirmTotp,
  ProofAgain,
  RecoveryCodesView,
  TotpSetupView,
  TotpView,
} from './totp.dto.js';
import { totpView } from './totp.view.js';

/** The own second factor, and the confirmation that some routes want. Browsers have pages, too. */
@ApiTags('Sign-in')
@Controller('auth')
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class TotpController {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly setups: SecondFactorSetupService,
    private readonly confirmations: ConfirmationService,
  ) {}

  @Post('confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Prove again who you are; for 15 minutes this session may do what wants it',
    description:
      'For routes that answer 403 `reauthentication_required`. The codes of a refusal are those of POST /auth/login.',
  })
  @ApiOkResponse({ type: ConfirmedView })
  @ApiProblems(409, 422, 429)
  async confirm(
    @CurrentUser() user: SessionUser,
    @Body() { password, totp }: ProofAgain,
    @Ip() ip: string,
  ): Promise<ConfirmedView> {
    const until = await this.confirmations.confirm(user, { password, totp, ip });
    return { confirmed_until: until.toISOString() };
  }

  @Get('totp')
  @ApiOperation({ summary: 'Whether the own second factor is on, and how many recovery codes are left' })
  @ApiOkResponse({ type: TotpView })
  async show(@CurrentUser() { userId }: SessionUser): Promise<TotpView> {
    return totpView(await this.factors.find(userId));
  }

  @Post('totp/setup')
  @HttpCode(200)
  @StepUp()
  @ApiOperation({
    summary: 'Begin to set up the own second factor: the secret for an authenticator app',
    description: 'Nothing is asked for before POST /auth/totp/confirm. Asked twice, the later secret counts.',
  })
  @ApiOkResponse({ type: TotpSetupView })
  @ApiProblems(409)
  async setUp(@CurrentUser() user: SessionUser): Promise<TotpSetupView> {
    const { secret, otpauthUri } = await this.setups.begin(user);
    return { secret, otpauth_uri: otpauthUri };
  }

  @Post('totp/confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Turn the own second factor on with a code of the app; every other session ends',
    description: 'From here on POST /auth/login wants a code. The recovery codes are shown this once.',
  })
  @ApiOkResponse({ type: RecoveryCodesView })
  @ApiProblems(409, 422, 429)
  async turnOn(@CurrentUser() user: SessionUser, @Body() { totp }: ConfirmTotp): Promise<RecoveryCodesView> {
    return { recovery_codes: await this.setups.finish(user, totp) };
  }

  @Post('totp/disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turn the own second factor off, with password and code' })
  @ApiOkResponse({ type: TotpView })
  @ApiProblems(409, 422, 429)
  async turnOff(
    @CurrentUser() user: SessionUser,
    @Body() { password, totp }: ProofAgain,
    @Ip() ip: string,
  ): Promise<TotpView> {
    await this.confirmations.turnFactorOff(user, { password, totp, ip });
    return totpView(null);
  }
}
