import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Invoice } from './invoice.entity.js';
import { InvoiceLine } from './invoice-line.entity.js';
import { InvoicesRepository } from './invoices.repository.js';

@Module({
  imports: [TypeOrmModule.forFeature([Invoice, InvoiceLine])],
  providers: [InvoicesRepository],
  exports: [InvoicesRepository],
})
export class InvoicesModule {}
