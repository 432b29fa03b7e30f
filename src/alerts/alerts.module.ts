import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { AlertDeliveryService } from './alert-delivery.service.js';
import { AlertMessagesRepository } from './alert-messages.repository.js';
import { IncidentDetectorService } from './incident-detector.service.js';
import { IncidentsRepository } from './incidents.repository.js';
import { SlackClient } from './slack.client.js';

/** Tells people of trouble on Slack and by e-mail. It looks at what the features wrote down; none of them knows it. */
@Module({
  imports: [MailModule, OrgsModule],
  providers: [
    IncidentsRepository,
    AlertMessagesRepository,
    SlackClient,
    IncidentDetectorService,
    AlertDeliveryService,
  ],
})
export class AlertsModule {}
