import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { RevenueBasis } from '../revenue-basis.js';
import type { BookedIncome } from './revenue-comparison.js';
import type { OurIncome } from './difference-reason.js';
import { ourIncomeSql } from './our-income-sql.js';

/** What we say was earned or received, by the document of QuickBooks that it stands for. Reads only. */
@Injectable()
export class OurIncomeRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Every document with events between two days, and what else is known of these and of those that QuickBooks has: of
   * one that is not among the events, as by another policy than its own, that it is ours. Of a document in the books of
   * another company only our side is listed: QuickBooks numbers the documents of each company by itself. A credit that
   * was taken off our invoice again, and comes to nothing here, is no document of ours. Refunds that failed explain as
   * much as the receipts of their payment are above what went back, and not one that was taken out.
   */
  async list(
    orgId: number,
    realmId: string,
    { basis, from, to }: { basis: RevenueBasis; from: CalendarDay; to: CalendarDay },
    booked: readonly Pick<BookedIncome, 'type' | 'qboId'>[],
  ): Promise<OurIncome[]> {
    return this.dataSource.query(ourIncomeSql(basis), [
      orgId,
      realmId,
      from,
      to,
      booked.map(({ type }) => type),
      booked.map(({ qboId }) => qboId),
    ]);
  }
}
