import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import type { SessionUser } from '../../auth/access/authenticated-users.service.js';
import { ADMINS, READERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { StepUpWhere } from '../../auth/access/step-up.decorator.js';
import { orgSettingsChangeOf } from './org-settings-change.js';
import { OrgSettingsView } from './org-settings.dto.js';
import { OrgSettingsService } from './org-settings.service.js';
import { orgSettingsView } from './org-settings.view.js';
import { OrgsService } from '../orgs.service.js';
import { SecondFactorDutyService } from './second-factor-duty.service.js';
import { SlackWebhooksService } from './slack-webhooks.service.js';
import { TimeZonesService } from '../time-zones/time-zones.service.js';
import { UpdateOrgSettings } from './update-org-settings.dto.js';

@ApiTags('Organisation')
@Controller('org/settings')
export class OrgSettingsController {
  constructor(
    private readonly settings: OrgSettingsService,
    private readonly orgs: OrgsService,
    private readonly duty: SecondFactorDutyService,
    private readonly zones: TimeZonesService,
    private readonly slackWebhooks: SlackWebhooksService,
  ) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'How the organisation works' })
  @ApiOkResponse({ type: OrgSettingsView })
  async get(@CurrentUser() { orgId, roles }: AuthenticatedUser): Promise<OrgSettingsView> {
    const webhook = await this.slackWebhooks.url(orgId);
    const shown = webhook === null || roles.includes('admin') ? webhook : `${new URL(webhook).origin}/…`;
    const [settings, stored] = [await this.settings.get(orgId), await this.settings.getStored(orgId)];
    return orgSettingsView(settings, stored, await this.orgs.get(orgId), shown);
  }

  @Patch()
  @StepUpWhere('a change of `second_factor`')
  @Allow(ADMINS)
  @ApiOperation({ summary: 'Change how the organisation works' })
  @ApiOkResponse({ type: OrgSettingsView })
  @ApiProblems(400, 409, 422)
  async update(@CurrentUser() user: SessionUser, @Body() body: UpdateOrgSettings): Promise<OrgSettingsView> {
    const { slack_webhook_url: webhook, second_factor: duty, time_zone: zone } = body;
    const change = {
      ...orgSettingsChangeOf(body),
      ...(zone === undefined ? {} : { timeZone: await this.zones.nameOf(zone) }),
      ...(webhook === undefined ? {} : await this.slackWebhooks.change(user.orgId, webhook)),
    };
    await this.settings.change(user.orgId, change, async (tx) => {
      if (duty !== undefined) await this.duty.change(tx, user, duty);
    });
    return this.get(user);
  }
}
