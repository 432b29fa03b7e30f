import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Parameters } from '../../platform/database/statements/parameters.js';
import { paymentConditions, type PaymentFilter, soughtPayments } from './payment-filter-sql.js';

/** Which payments of an organisation are asked for, and from where on. */
export interface PaymentsWindow extends PaymentFilter {
  limit: number;
  beforeId?: number;
}

/** More that have a text are not named one by one: each payment is asked for it, from the newest on. */
const FOUND_MAX = 10_000;

/** Finds payments for people, by whatever they know of them. */
@Injectable()
export class PaymentSearchRepository {
  /** Newest first, from before the payment `beforeId`; one more than `limit`, so that a page knows of the next. */
  async page(tx: EntityManager, orgId: number, window: PaymentsWindow): Promise<number[]> {
    return this.ids(tx, orgId, window, window.limit + 1);
  }

  /** All that fit, newest first. */
  async all(tx: EntityManager, orgId: number, filter: PaymentFilter): Promise<number[]> {
    return this.ids(tx, orgId, filter, null);
  }

  private async ids(
    tx: EntityManager,
    orgId: number,
    filter: PaymentFilter & { beforeId?: number },
    limit: number | null,
  ): Promise<number[]> {
    const found = await this.found(tx, orgId, filter);
    const { values, place } = new Parameters();
    const org = place(orgId);
    const { beforeId } = filter;
    const before = beforeId === undefined ? 'true' : `b.payment_id < ${place(beforeId)}::bigint`;
    const conditions = [before, ...paymentConditions({ ...filter, found }, place, org)];
    const rows = await tx.query<{ id: string }[]>(
      `select b.payment_id as id from payment_balances b
        where b.org_id = ${org} and ${conditions.join(' and ')}
        order by b.payment_id desc limit ${place(limit)}::bigint`,
      values,
    );
    return rows.map(({ id }) => Number(id));
  }

  /** Those that have the text that is looked for; null where no text is, or they are too many. */
  private async found(
    tx: EntityManager,
    orgId: number,
    { search, beforeId }: { search?: string; beforeId?: number },
  ): Promise<number[] | null> {
    if (search === undefined) return null;
    const { values, place } = new Parameters();
    const sought = soughtPayments({ search, beforeId }, place, place(orgId));
    const rows = await tx.query<{ id: string }[]>(
      `select id from (${sought}) s limit ${place(FOUND_MAX + 1)}`,
      values,
    );
    return rows.length > FOUND_MAX ? null : rows.map(({ id }) => Number(id));
  }
}
