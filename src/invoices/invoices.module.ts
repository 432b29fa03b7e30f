import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Invoice } from './invoice.entity.js';
import { InvoicesRepository } from './invoices.repository.js';

@Module({
  imports: [TypeOrmModule.forFeature([Invoice])],
  providers: [InvoicesRepository],
  exports: [InvoicesRepository],
})
export class InvoicesModule {}
