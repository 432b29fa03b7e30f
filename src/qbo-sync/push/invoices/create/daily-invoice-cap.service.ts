import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import { Config } from '../../../../platform/config/config.js';
import { correlation } from '../../../../platform/correlation/correlation.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { DAY_MS } from '../../../../platform/time/after.js';
import { Clock } from '../../../../platform/time/clock.js';

/**
 * How many invoices the people of an organisation may ask for in 24 hours: a stolen token, or a program that runs wild,
 * fills the books no further. What follows from a payment or a date is always made.
 */
@Injectable()
export class DailyInvoiceCapService {
  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws `too_many_requests` where a person asks for one more than the day has. Whoever asks at the same moment waits
   * for the end of the transaction, which writes this one down.
   */
  async assertWithin(tx: EntityManager, orgId: number): Promise<void> {
    if (!correlation()?.actor) return;
    const cap = this.config.invoicesPerDayMax;
    await this.invoices.lockCount(tx, orgId);
    const now = this.clock.now().getTime();
    const oldest = await this.invoices.createdBefore(tx, orgId, cap);
    if (oldest === null || oldest.getTime() <= now - DAY_MS) return;
    throw new DomainError(
      'too_many_requests',
      'too_many_invoices',
      `${cap} invoices were made within 24 hours, which is the most for one organisation (INVOICES_PER_DAY).`,
      undefined,
      { retryAfterSeconds: Math.ceil((oldest.getTime() + DAY_MS - now) / 1000) },
    );
  }
}
