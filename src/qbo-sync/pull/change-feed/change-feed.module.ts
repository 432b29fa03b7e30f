import { Module } from '@nestjs/common';
import { CreditProjectionModule } from '../credits/credit-projection.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { CustomerMirrorModule } from '../customers/customer-mirror.module.js';
import { DocumentMirrorModule } from '../documents/document-mirror.module.js';
import { InvoiceProjectionModule } from '../invoices/invoice-projection.module.js';
import { FullReconciliationModule } from '../reconciliation/full-reconciliation.module.js';
import { ChangeFeedPollService } from './change-feed-poll.service.js';
import { ChangeFeedProjectorService } from './change-feed-projector.service.js';
import { ChangeFeedReaderService } from './change-feed-reader.service.js';
import { MirroredChangesService } from './mirrored-changes.service.js';
import { SyncCursorsRepository } from './sync-cursors.repository.js';

/** Asks QuickBooks for the changes since the cursor of a company. */
@Module({
  imports: [
    CreditProjectionModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    OrgsModule,
    CustomerMirrorModule,
    DocumentMirrorModule,
    InvoiceProjectionModule,
    FullReconciliationModule,
  ],
  providers: [
    SyncCursorsRepository,
    ChangeFeedReaderService,
    MirroredChangesService,
    ChangeFeedProjectorService,
    ChangeFeedPollService,
  ],
  exports: [SyncCursorsRepository, ChangeFeedPollService],
})
export class ChangeFeedModule {}
