import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { InboxPageController } from './inbox-page.controller.js';
import { InboxController } from './inbox.controller.js';
import { InboxHistoryRepository } from './inbox-history.repository.js';
import { InboxItemsRepository } from './inbox-items.repository.js';
import { InboxRetriesService } from './inbox-retries.service.js';
import { InboxRepository } from './inbox.repository.js';
import { InboxService } from './inbox.service.js';
import { ResolutionsService } from './resolutions.service.js';

/** What needs a person. The features put it in and say how it is mended; it knows none of them. */
@Module({
  imports: [OrgsModule],
  controllers: [InboxPageController, InboxController],
  providers: [
    InboxHistoryRepository,
    InboxItemsRepository,
    InboxRepository,
    ResolutionsService,
    InboxRetriesService,
    InboxService,
  ],
  exports: [InboxRepository, ResolutionsService],
})
export class InboxModule {}
