import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { QboConnectionModule } from '../qbo-sync/connection/qbo-connection.module.js';
import { DocumentMirrorModule } from '../qbo-sync/pull/documents/document-mirror.module.js';
import { AgingController } from './aging/aging.controller.js';
import { AgingService } from './aging/aging.service.js';
import { OpenDocumentsRepository } from './aging/open-documents.repository.js';
import { CompanyMirrorService } from './company-mirror.service.js';

/** What an accountant asks: who owes what, what was earned, what it cost. Reads only. */
@Module({
  imports: [OrgsModule, QboConnectionModule, DocumentMirrorModule],
  controllers: [AgingController],
  providers: [CompanyMirrorService, OpenDocumentsRepository, AgingService],
  exports: [CompanyMirrorService, AgingService],
})
export class ReportsModule {}
