import { Module } from '@nestjs/common';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { DocumentMirrorService } from './document-mirror.service.js';
import { DocumentMirrorsRepository } from './document-mirrors.repository.js';
import { QboDocumentsRepository } from './qbo-documents.repository.js';
import { ReceivablesRepository } from './receivables.repository.js';

/** The mirror of a company's documents, by which reports are made. */
@Module({
  imports: [QboApiModule, QboConnectionModule],
  providers: [
    DocumentMirrorsRepository,
    QboDocumentsRepository,
    ReceivablesRepository,
    DocumentMirrorService,
  ],
  exports: [DocumentMirrorService],
})
export class DocumentMirrorModule {}
