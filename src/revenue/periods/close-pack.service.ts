import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { VERSION } from '../../platform/version.js';
import { lastDayOf } from '../../platform/time/calendar-day.js';
import { BUCKETS } from '../../reports/aging/aging.js';
import { AgingService } from '../../reports/aging/aging.service.js';
import { RevenueSumsRepository } from '../reports/revenue-sums.repository.js';
import { type PackFigures, packFigures } from './close-pack.js';
import { PackFiguresRepository } from './pack-figures.repository.js';
import type { PackHeader } from './period.js';
import { PeriodClosingsRepository } from './period-closings.repository.js';

/** Builds what a closed month is shown by: figures out of the journal, and what stands beside them. */
@Injectable()
export class ClosePackService {
  constructor(
    private readonly figures: PackFiguresRepository,
    private readonly sums: RevenueSumsRepository,
    private readonly closings: PeriodClosingsRepository,
    private readonly aging: AgingService,
  ) {}

  /** The figures as the journal has them: of a closed month always the same. */
  async build(
    tx: EntityManager,
    orgId: number,
    month: string,
    previousHash: string | null,
  ): Promise<PackFigures> {
    return packFigures({
      month,
      previousHash,
      documents: await this.figures.listDocuments(tx, orgId, month),
      deferred: await this.sums.listDeferred(orgId, month, tx),
      receivables: await this.figures.listReceivables(tx, orgId, month),
    });
  }

  /**
   * What customers owe at the end of a month, of our invoices, for the transaction that it is handed later. What is
   * asked needs a connection of its own, which is taken here.
   */
  async receivablesByAge(
    orgId: number,
    month: string,
  ): Promise<(tx: EntityManager) => Promise<PackHeader['aging']>> {
    const question = { asOf: lastDayOf(month), scope: 'ours', currency: undefined } as const;
    const read = await this.aging.reader(orgId, question);
    return async (tx) =>
      (await read(tx)).totals.map(({ currency, buckets, totalCents, creditsCents }) => ({
        currency,
        ...Object.fromEntries(BUCKETS.map((bucket) => [`${bucket}_cents`, buckets[bucket]])),
        total_cents: totalCents,
        credits_cents: creditsCents,
      }));
  }

  async header(
    tx: EntityManager,
    orgId: number,
    {
      month,
      timeZone,
      qboClosingDate,
      aging,
    }: Pick<PackHeader, 'timeZone' | 'qboClosingDate' | 'aging'> & { month: string },
  ): Promise<PackHeader> {
    const readAt = await this.closings.lastRead(tx, orgId);
    return {
      version: VERSION,
      timeZone,
      qboClosingDate,
      qboReadAt: readAt?.toISOString() ?? null,
      openInbox: await this.closings.listOpenInbox(tx, orgId, { month, timeZone, except: [] }),
      aging,
    };
  }
}
