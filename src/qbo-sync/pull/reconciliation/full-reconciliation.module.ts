import { Module } from '@nestjs/common';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { InvoiceProjectionModule } from '../invoices/invoice-projection.module.js';
import { FullReconciliationService } from './full-reconciliation.service.js';
import { ReconciliationRunsController } from './reconciliation-runs.controller.js';
import { ReconciliationRunsRepository } from './reconciliation-runs.repository.js';
import { ReconciliationRunsService } from './reconciliation-runs.service.js';
import { ReconciliationWorkerService } from './reconciliation-worker.service.js';

/** Compares every linked invoice of a company with QuickBooks: what the change feed cannot tell. */
@Module({
  imports: [QboApiModule, QboConnectionModule, InvoiceProjectionModule],
  controllers: [ReconciliationRunsController],
  providers: [
    ReconciliationRunsRepository,
    ReconciliationRunsService,
    FullReconciliationService,
    ReconciliationWorkerService,
  ],
  exports: [ReconciliationRunsService],
})
export class FullReconciliationModule {}
