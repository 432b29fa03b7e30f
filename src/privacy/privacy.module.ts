import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { CustomerPrivacyController } from './customer-privacy.controller.js';
import { CustomerPrivacyService } from './customer-privacy.service.js';
import { PersonalDataRepository } from './personal-data.repository.js';

/** Export and erasure of a customer's personal data, over the tables of every feature. */
@Module({
  imports: [ContractsModule, CustomersModule, InboxModule],
  controllers: [CustomerPrivacyController],
  providers: [CustomerPrivacyService, PersonalDataRepository],
})
export class PrivacyModule {}
