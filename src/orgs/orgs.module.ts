import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { Org } from './org.entity.js';
import { OrgSettingsController } from './settings/org-settings.controller.js';
import { StoredOrgSettings } from './settings/org-settings.entity.js';
import { OrgSettingsRepository } from './settings/org-settings.repository.js';
import { OrgSettingsService } from './settings/org-settings.service.js';
import { OrgsRepository } from './orgs.repository.js';
import { OrgsService } from './orgs.service.js';
import { SecondFactorDutyService } from './settings/second-factor-duty.service.js';
import { SlackWebhooksService } from './settings/slack-webhooks.service.js';
import { TimeZonesRepository } from './time-zones/time-zones.repository.js';
import { TimeZonesService } from './time-zones/time-zones.service.js';

/** Organisations (tenants) and their settings: deposit percent, item name, terms, time zone. */
@Module({
  imports: [AuthModule, TypeOrmModule.forFeature([Org, StoredOrgSettings])],
  controllers: [OrgSettingsController],
  providers: [
    OrgsRepository,
    OrgSettingsRepository,
    OrgsService,
    OrgSettingsService,
    SecondFactorDutyService,
    SlackWebhooksService,
    TimeZonesRepository,
    TimeZonesService,
  ],
  exports: [OrgsService, OrgSettingsService, SlackWebhooksService],
})
export class OrgsModule {}
