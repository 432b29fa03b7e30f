import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { QboApiModule } from '../qbo-sync/api/qbo-api.module.js';
import { QboConnectionModule } from '../qbo-sync/connection/qbo-connection.module.js';
import { DocumentMirrorModule } from '../qbo-sync/pull/documents/document-mirror.module.js';
import { AgingController } from './aging/aging.controller.js';
import { AgingService } from './aging/aging.service.js';
import { OpenDocumentsRepository } from './aging/open-documents.repository.js';
import { CollectionsController } from './collections/collections.controller.js';
import { CollectionsRepository } from './collections/collections.repository.js';
import { CollectionsService } from './collections/collections.service.js';
import { AgingComparisonController } from './comparison/aging-comparison.controller.js';
import { AgingComparisonService } from './comparison/aging-comparison.service.js';
import { MirroredInvoicesRepository } from './comparison/mirrored-invoices.repository.js';
import { CompanyMirrorController } from './company-mirror.controller.js';
import { CompanyMirrorService } from './company-mirror.service.js';
import { ReceivedController } from './received/received.controller.js';
import { ReceivedRepository } from './received/received.repository.js';
import { ReceivedService } from './received/received.service.js';
import { StatementController } from './statement/statement.controller.js';
import { StatementRepository } from './statement/statement.repository.js';
import { StatementService } from './statement/statement.service.js';

/** What an accountant asks: who owes what, what was earned, what it cost. Reads only. */
@Module({
  imports: [InboxModule, OrgsModule, QboApiModule, QboConnectionModule, DocumentMirrorModule],
  controllers: [
    CompanyMirrorController,
    AgingController,
    AgingComparisonController,
    StatementController,
    CollectionsController,
    ReceivedController,
  ],
  providers: [
    CompanyMirrorService,
    OpenDocumentsRepository,
    AgingService,
    MirroredInvoicesRepository,
    AgingComparisonService,
    StatementRepository,
    StatementService,
    CollectionsRepository,
    CollectionsService,
    ReceivedRepository,
    ReceivedService,
  ],
  exports: [CompanyMirrorService, AgingService],
})
export class ReportsModule {}
