import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { ChangeOrder } from './change-orders/change-order.entity.js';
import { ChangeOrderLine } from './change-orders/change-order-line.entity.js';
import { ChangeOrdersRepository } from './change-orders/change-orders.repository.js';
import { Contract } from './contract.entity.js';
import { ContractEntry } from './schedule/contract-entry.entity.js';
import { ContractLine } from './contract-line.entity.js';
import { ContractBillingService } from './billing/contract-billing.service.js';
import { ContractRecordsRepository } from './contract-records.repository.js';
import { ContractsController } from './contracts.controller.js';
import { ContractsRepository } from './contracts.repository.js';
import { ContractsService } from './contracts.service.js';
import { CreditMemo } from './credits/credit-memo.entity.js';
import { CreditMemoLine } from './credits/credit-memo-line.entity.js';
import { CreditMemosRepository } from './credits/credit-memos.repository.js';
import { EntryChangesRepository } from './schedule/entry-changes.repository.js';
import { DueEntriesRepository } from './schedule/due-entries.repository.js';
import { InvoiceCreditsRepository } from './credits/invoice-credits.repository.js';
import { UnusedCreditsService } from './credits/unused-credits.service.js';
import { WorkProgressController } from './progress/work-progress.controller.js';
import { WorkProgressRepository } from './progress/work-progress.repository.js';
import { WorkProgressService } from './progress/work-progress.service.js';

/** What was approved, and how it is billed. */
@Module({
  imports: [
    TypeOrmModule.forFeature([
      Contract,
      ContractLine,
      ContractEntry,
      ChangeOrder,
      ChangeOrderLine,
      CreditMemo,
      CreditMemoLine,
    ]),
    OrgsModule,
    InvoicesModule,
  ],
  controllers: [ContractsController, WorkProgressController],
  providers: [
    ContractsRepository,
    ContractRecordsRepository,
    ChangeOrdersRepository,
    CreditMemosRepository,
    DueEntriesRepository,
    EntryChangesRepository,
    InvoiceCreditsRepository,
    UnusedCreditsService,
    ContractsService,
    ContractBillingService,
    WorkProgressRepository,
    WorkProgressService,
  ],
  exports: [
    ContractsService,
    ChangeOrdersRepository,
    CreditMemosRepository,
    DueEntriesRepository,
    EntryChangesRepository,
    UnusedCreditsService,
    ContractBillingService,
    WorkProgressRepository,
  ],
})
export class ContractsModule {}
