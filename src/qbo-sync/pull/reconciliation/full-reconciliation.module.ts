import { Module } from '@nestjs/common';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { CreditProjectionModule } from '../credits/credit-projection.module.js';
import { CustomerMirrorModule } from '../customers/customer-mirror.module.js';
import { InvoiceProjectionModule } from '../invoices/invoice-projection.module.js';
import { FullReconciliationService } from './full-reconciliation.service.js';
import { OwnDocumentsRepository } from './own-documents.repository.js';
import { OwnDocumentsService } from './own-documents.service.js';
import { ReconciliationRunsController } from './reconciliation-runs.controller.js';
import { ReconciliationRunsRepository } from './reconciliation-runs.repository.js';
import { ReconciliationRunsService } from './reconciliation-runs.service.js';
import { ReconciliationWorkerService } from './reconciliation-worker.service.js';

/** Compares every linked invoice of a company, and what else is ours, with QuickBooks: what no change feed can tell. */
@Module({
  imports: [
    QboApiModule,
    QboConnectionModule,
    CreditProjectionModule,
    CustomerMirrorModule,
    InvoiceProjectionModule,
  ],
  controllers: [ReconciliationRunsController],
  providers: [
    ReconciliationRunsRepository,
    ReconciliationRunsService,
    FullReconciliationService,
    OwnDocumentsRepository,
    OwnDocumentsService,
    ReconciliationWorkerService,
  ],
  exports: [ReconciliationRunsService],
})
export class FullReconciliationModule {}
