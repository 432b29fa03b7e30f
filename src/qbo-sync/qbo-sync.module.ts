import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { QboClient } from './client/qbo.client.js';
import { ConnectionService } from './connection/connection.service.js';
import { CustomerCreation } from './customers/customer-creation.service.js';
import { CustomerLinksRepository } from './customers/customer-links.repository.js';
import { CustomerSyncService } from './customers/customer-sync.service.js';
import { CompanySweepService } from './invoices/company-sweep.service.js';
import { DepositItemService } from './invoices/deposit-item.service.js';
import { InvoiceCheckService } from './invoices/invoice-check.service.js';
import { InvoiceComparison } from './invoices/invoice-comparison.service.js';
import { InvoiceCreationService } from './invoices/invoice-creation.service.js';
import { InvoiceDrafting } from './invoices/invoice-drafting.service.js';
import { InvoicePollerService } from './invoices/invoice-poller.service.js';
import { InvoiceSettlement } from './invoices/invoice-settlement.service.js';
import { InvoiceWorker } from './invoices/invoice-worker.service.js';
import { LinkedInvoicesRepository } from './invoices/linked-invoices.repository.js';
import { Reconciler } from './invoices/reconciler.service.js';
import { SweepsRepository } from './invoices/sweeps.repository.js';
import { Operation } from './operations/operation.entity.js';
import { OperationJanitor } from './operations/operation-janitor.service.js';
import { OperationRunner } from './operations/operation-runner.service.js';
import { OperationsRepository } from './operations/operations.repository.js';
import { QboSyncController } from './qbo-sync.controller.js';

const CONNECTION = [QboClient, ConnectionService];
const OPERATIONS = [OperationsRepository, OperationRunner, OperationJanitor];
const CUSTOMERS = [CustomerLinksRepository, CustomerCreation, CustomerSyncService];
const INVOICES = [
  LinkedInvoicesRepository,
  Reconciler,
  DepositItemService,
  InvoiceDrafting,
  InvoiceSettlement,
  InvoiceCreationService,
  InvoiceWorker,
  InvoiceComparison,
  InvoiceCheckService,
  SweepsRepository,
  CompanySweepService,
  InvoicePollerService,
];

/** Everything QuickBooks. Nobody imports it but the application. */
@Module({
  imports: [AuthModule, CustomersModule, ProposalsModule, TypeOrmModule.forFeature([Operation])],
  controllers: [QboSyncController],
  providers: [...CONNECTION, ...OPERATIONS, ...CUSTOMERS, ...INVOICES],
})
export class QboSyncModule {}
