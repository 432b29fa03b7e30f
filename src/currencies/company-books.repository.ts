import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/statements/prepared.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';

/** What the settings of the connected QuickBooks company say of currencies and closed books, as last read. */
export interface CompanyBooks {
  orgId: number;
  realmId: string;
  /** ISO 4217, as the others. */
  homeCurrency: string;
  multiCurrency: boolean;
  /** What is active on the company's list, the home currency not counted; empty with a single currency. */
  activeCurrencies: string[];
  /** The last day of its closed books; null where they are open. */
  closedThrough: CalendarDay | null;
  readAt: Date;
}

/** The company_books table: one row per organisation with a connected company that was read. */
@Injectable()
export class CompanyBooksRepository {
  async find(tx: EntityManager, orgId: number): Promise<CompanyBooks | null> {
    const [row] = await tx.query<CompanyBooks[]>(
      prepared(`select org_id as "orgId", realm_id as "realmId", home_currency as "homeCurrency",
              multi_currency as "multiCurrency", active_currencies as "activeCurrencies",
              to_char(closed_through, 'YYYY-MM-DD') as "closedThrough", read_at as "readAt"
         from company_books where org_id = $1`),
      [orgId],
    );
    return row ?? null;
  }

  async save(tx: EntityManager, books: CompanyBooks): Promise<void> {
    await tx.query(
      `insert into company_books (org_id, realm_id, home_currency, multi_currency, active_currencies, closed_through,
                                  read_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict on constraint company_books_pkey do update
          set realm_id = excluded.realm_id, home_currency = excluded.home_currency,
              multi_currency = excluded.multi_currency, active_currencies = excluded.active_currencies,
              closed_through = excluded.closed_through, read_at = excluded.read_at`,
      [
        books.orgId,
        books.realmId,
        books.homeCurrency,
        books.multiCurrency,
        books.activeCurrencies,
        books.closedThrough,
        books.readAt,
      ],
    );
  }

  /** No company is connected any more. */
  async delete(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('delete from company_books where org_id = $1', [orgId]);
  }
}
