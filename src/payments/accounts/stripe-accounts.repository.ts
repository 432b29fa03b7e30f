import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import { after } from '../../platform/time/after.js';

/** A connected account whose turn it is to be asked for its events, and from when on they are listed. */
export interface DueAccount {
  orgId: number;
  accountId: string;
  since: Date;
}

/**
 * The stripe_accounts table: every connected account that an organisation is or was paid into, and up to when its own
 * list of events was read.
 */
@Injectable()
export class StripeAccountsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Read from `at` on, or from `listedSince` where the organisation was restored after that: it may have been paid into
   * this account before. One that is known already keeps what was read of it.
   */
  async insertOnce(
    tx: EntityManager,
    orgId: number,
    accountId: string,
    { at, listedSince }: { at: Date; listedSince: Date },
  ): Promise<void> {
    await tx.query(
      `insert into stripe_accounts (org_id, account_id, fetched_until, checked_at)
       select id, $2, case when restored_at > $4 then $4 else $3 end, '-infinity' from orgs where id = $1
       on conflict do nothing`,
      [orgId, accountId, at, listedSince],
    );
  }

  /** True of an account that other organisations are paid into, and this one never was. */
  async isOfOthersAlone(tx: EntityManager, orgId: number, accountId: string): Promise<boolean> {
    const [found] = await tx.query<{ isOthers: boolean | null }[]>(
      prepared('select bool_and(org_id <> $1) as "isOthers" from stripe_accounts where account_id = $2'),
      [orgId, accountId],
    );
    return found?.isOthers === true;
  }

  /**
   * Takes the turn to ask accounts that were not asked for `everyMs`, by a clock that is not ahead of this one, the
   * longest unasked first.
   */
  async claim(now: Date, everyMs: number, limit: number): Promise<DueAccount[]> {
    const [rows] = await this.dataSource.query<[DueAccount[], number]>(
      `update stripe_accounts set checked_at = $1
        where (org_id, account_id) in (
          select org_id, account_id from stripe_accounts where checked_at <= $2 or checked_at > $1
           order by checked_at limit $3 for no key update skip locked)
          and (checked_at <= $2 or checked_at > $1)
        returning org_id as "orgId", account_id as "accountId", fetched_until as since`,
      [now, after(now, -everyMs), limit],
    );
    return rows;
  }

  async advance({ orgId, accountId }: DueAccount, until: Date): Promise<void> {
    await this.dataSource.query(
      `update stripe_accounts set fetched_until = greatest(fetched_until, $3::timestamptz)
        where org_id = $1 and account_id = $2`,
      [orgId, accountId, until],
    );
  }

  /** The connected account a payment was paid into; null for that of the key. */
  async accountOfPayment(orgId: number, paymentId: number): Promise<string | null> {
    const [found] = await this.dataSource.query<{ accountId: string | null }[]>(
      prepared(`select s.stripe_account_id as "accountId" from payments p
          join checkout_sessions s on s.org_id = p.org_id and s.id = p.checkout_session_id
         where p.org_id = $1 and p.id = $2`),
      [orgId, paymentId],
    );
    return found?.accountId ?? null;
  }
}
