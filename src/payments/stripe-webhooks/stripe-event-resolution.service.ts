import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ResolutionsService, type ResolutionHandler } from '../../inbox/resolutions.service.js';
import { StripeEventProcessorService } from './stripe-event-processor.service.js';
import { StripeEventsRepository } from './stripe-events.repository.js';

/**
 * What a person can do about a Stripe event that failed: have it processed again. It has its effect once all the
 * same.
 */
@Injectable()
export class StripeEventResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly events: StripeEventsRepository,
    private readonly processor: StripeEventProcessorService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('stripe.event', this);
  }

  async retry(_orgId: number, eventId: string): Promise<string | null> {
    const { manager } = this.dataSource;
    await this.events.reopenFailed(manager, eventId);
    await this.processor.processOnce(eventId);
    const event = await this.events.find(manager, eventId);
    return event?.state === 'failed' ? 'It could not be processed again; its reason says why.' : null;
  }
}
