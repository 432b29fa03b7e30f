import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrgsModule } from '../orgs/orgs.module.js';
import { InvoiceListController } from './invoice-list.controller.js';
import { InvoiceListRepository } from './invoice-list.repository.js';
import { InvoicesService } from './invoices.service.js';
import { Invoice } from './invoice.entity.js';
import { InvoiceLine } from './invoice-line.entity.js';
import { InvoicesRepository } from './invoices.repository.js';

@Module({
  imports: [TypeOrmModule.forFeature([Invoice, InvoiceLine]), OrgsModule],
  controllers: [InvoiceListController],
  providers: [InvoicesRepository, InvoiceListRepository, InvoicesService],
  exports: [InvoicesRepository, InvoicesService],
})
export class InvoicesModule {}
