import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/statements/prepared.js';
import { exchangeRateOf } from '../platform/money/exchange-rate.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import type { DatedRate } from './currency-rule.js';

/** From which currency to which, in the books of which company. */
export interface CurrencyPair {
  orgId: number;
  realmId: string;
  source: string;
  target: string;
}

/** The exchange_rates table: what QuickBooks answered for a day. A later answer for the same day replaces it. */
@Injectable()
export class ExchangeRatesRepository {
  /** The rate of this day, else the newest before it; null where none was read. */
  async findNewest(tx: EntityManager, pair: CurrencyPair, day: CalendarDay): Promise<DatedRate | null> {
    const [row] = await tx.query<{ rate: string; ratedOn: string }[]>(
      prepared(`select rate::text as rate, to_char(rated_on, 'YYYY-MM-DD') as "ratedOn" from exchange_rates
        where org_id = $1 and realm_id = $2 and source = $3 and target = $4 and as_of <= $5
        order by as_of desc limit 1`),
      [pair.orgId, pair.realmId, pair.source, pair.target, day],
    );
    return row ? { rate: exchangeRateOf(row.rate), ratedOn: row.ratedOn } : null;
  }

  /** What QuickBooks answered for this very day; null where it was not asked. */
  async findOn(tx: EntityManager, pair: CurrencyPair, day: CalendarDay): Promise<DatedRate | null> {
    const [row] = await tx.query<{ rate: string; ratedOn: string }[]>(
      `select rate::text as rate, to_char(rated_on, 'YYYY-MM-DD') as "ratedOn" from exchange_rates
        where org_id = $1 and realm_id = $2 and source = $3 and target = $4 and as_of = $5`,
      [pair.orgId, pair.realmId, pair.source, pair.target, day],
    );
    return row ? { rate: exchangeRateOf(row.rate), ratedOn: row.ratedOn } : null;
  }

  /** `day` is what was asked for; the rate may be of an earlier one. */
  async save(
    tx: EntityManager,
    pair: CurrencyPair,
    day: CalendarDay,
    { rate, ratedOn }: DatedRate,
    at: Date,
  ): Promise<void> {
    await tx.query(
      `insert into exchange_rates (org_id, realm_id, source, target, as_of, rate, rated_on, read_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict on constraint exchange_rates_pkey do update
          set rate = excluded.rate, rated_on = excluded.rated_on, read_at = excluded.read_at`,
      [pair.orgId, pair.realmId, pair.source, pair.target, day, rate, ratedOn, at],
    );
  }
}
