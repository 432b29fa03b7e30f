import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ResolutionsService, type ResolutionHandler } from '../../../inbox/resolutions.service.js';
import { CheckoutSessionsRepository } from './checkout-sessions.repository.js';
import { PAGES_ELSEWHERE } from './page-elsewhere.service.js';

/**
 * What follows where a person resolves the question about a page of another Stripe account: they have seen there what
 * became of it, so that the customer is not waited for any more. Money that is heard of all the same is booked.
 */
@Injectable()
export class PageElsewhereResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly resolutions: ResolutionsService,
    private readonly sessions: CheckoutSessionsRepository,
  ) {}

  onModuleInit(): void {
    this.resolutions.register(PAGES_ELSEWHERE, this);
  }

  async closed(tx: EntityManager, orgId: number, id: string, state: 'resolved' | 'dismissed'): Promise<void> {
    if (state === 'resolved') await this.sessions.giveUpPending(tx, orgId, Number(id));
  }
}
