import { Module } from '@nestjs/common';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { ChangeFeedModule } from '../change-feed/change-feed.module.js';
import { CreditProjectionModule } from '../credits/credit-projection.module.js';
import { InvoiceProjectionModule } from '../invoices/invoice-projection.module.js';
import { EventLinksRepository } from './event-links.repository.js';
import { IntuitSignatureService } from './intuit-signature.service.js';
import { IntuitWebhookStoreService } from './intuit-webhook-store.service.js';
import { QboEventProcessorService } from './qbo-event-processor.service.js';
import { QboEventsRepository } from './qbo-events.repository.js';
import { QboWebhookController } from './qbo-webhook.controller.js';
import { WebhookFetchService } from './webhook-fetch.service.js';

/** Intuit's webhooks: verified, stored, answered; then the invoices, payments and credits they name are fetched. */
@Module({
  imports: [
    QboApiModule,
    QboConnectionModule,
    InvoiceProjectionModule,
    CreditProjectionModule,
    ChangeFeedModule,
  ],
  controllers: [QboWebhookController],
  providers: [
    IntuitSignatureService,
    IntuitWebhookStoreService,
    QboEventsRepository,
    EventLinksRepository,
    WebhookFetchService,
    QboEventProcessorService,
  ],
})
export class IntuitWebhooksModule {}
