import { Module } from '@nestjs/common';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { DocumentChangesService } from './document-changes.service.js';
import { DocumentFillService } from './document-fill.service.js';
import { DocumentMirrorService } from './document-mirror.service.js';
import { DocumentMirrorsRepository } from './document-mirrors.repository.js';
import { FillBudgetService } from './fill-budget.service.js';
import { MirrorCatchUpService } from './mirror-catch-up.service.js';
import { QboDocumentsRepository } from './qbo-documents.repository.js';
import { ReceivablesRepository } from './receivables.repository.js';

/** The mirror of a company's documents, by which reports are made. */
@Module({
  imports: [InboxModule, QboApiModule, QboConnectionModule],
  providers: [
    DocumentMirrorsRepository,
    QboDocumentsRepository,
    ReceivablesRepository,
    DocumentChangesService,
    FillBudgetService,
    DocumentFillService,
    DocumentMirrorService,
    MirrorCatchUpService,
  ],
  exports: [DocumentMirrorService, MirrorCatchUpService],
})
export class DocumentMirrorModule {}
