import { Module } from '@nestjs/common';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { CustomerMirrorService } from './customer-mirror.service.js';
import { CustomerMirrorsRepository } from './customer-mirrors.repository.js';
import { LinkedProfilesRepository } from './linked-profiles.repository.js';
import { QboCustomersRepository } from './qbo-customers.repository.js';

/** The mirror of QuickBooks' customers. */
@Module({
  imports: [QboApiModule, QboConnectionModule],
  providers: [
    CustomerMirrorsRepository,
    QboCustomersRepository,
    LinkedProfilesRepository,
    CustomerMirrorService,
  ],
  exports: [CustomerMirrorService, QboCustomersRepository],
})
export class CustomerMirrorModule {}
