import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isFree, type Lease, type LeaseTable } from '../jobs/leases/lease.js';
import { Clock } from '../platform/time/clock.js';
import { InboxHistoryRepository } from './inbox-history.repository.js';
import type { InboxItem, InboxState } from './inbox-item.js';
import type { InboxCode } from '../messages/inbox-messages.js';
import { containing, Parameters } from '../platform/database/statements/parameters.js';
import { throughDoor } from '../platform/database/scope/scope.js';
import {
  sortClauses,
  type SortedWindow,
  type SortKey,
  type SortPosition,
} from '../platform/http/lists/sorted-page.js';
import { customerNameSql } from '../customers/customer-name-sql.js';

/** Which items of an organisation are asked for. */
export interface InboxFilter {
  state?: InboxState;
  code?: InboxCode;
  proposalId?: number;
  /** Of items about the customer, or about a proposal of theirs. */
  customerId?: number;
  /** Part of the reason. */
  search?: string;
}

/** What the inbox can be sorted by. */
export const INBOX_SORT_KEYS: Readonly<Record<string, SortKey>> = {
  id: { sql: 'inbox_items.id', type: 'bigint' },
  created_at: { sql: 'inbox_items.created_at', type: 'timestamptz' },
  updated_at: { sql: 'inbox_items.updated_at', type: 'timestamptz' },
};

/** What a person decided about an item, and why; `qboId` names the document they found. */
export interface Decision {
  state: 'resolved' | 'dismissed';
  userId: number;
  qboId?: string;
  reason?: string | null;
}

/** Items of a kind beside those that were taken for a retry. */
export interface OtherItems {
  /** Those that the next request takes. */
  takeable: number;
  /** Those that wait for their turn since before. */
  waiting: number;
  /** Those that are not tried with others. */
  singly: number;
}

const CUSTOMER = `
  coalesce(inbox_items.customer_id, (select l.customer_id from leads l
    where l.org_id = inbox_items.org_id and l.id = inbox_items.proposal_id))`;

const COLUMNS = `
  id::int as id, org_id as "orgId", subject, code, qbo_code as "qboCode", reason, next_step as "nextStep", retry,
  retry_queued_at as "retryQueuedAt", retry_queued_by as "retryQueuedBy", proposal_id as "proposalId",
  ${CUSTOMER}::int as "customerId", intuit_tid as "intuitTid", state, created_at as "createdAt",
  updated_at as "updatedAt", closed_at as "closedAt",
  (select ${customerNameSql('c')} from customers c
    where c.org_id = inbox_items.org_id and c.id = ${CUSTOMER}) as "customerName"`;

/** Whoever makes the retry of an item that was queued holds it meanwhile. */
export const RETRY_LEASE: LeaseTable = {
  table: 'inbox_items',
  key: ['org_id', 'id'],
  token: 'retry_lease_token',
  until: 'retry_lease_until',
  takeable: `state = 'open' and retry_queued_at is not null`,
};

/** The same of one that a person tries again at once, queued or not. */
export const TRIED_NOW_LEASE: LeaseTable = { ...RETRY_LEASE, takeable: `state = 'open'` };

/** What people see of the inbox and decide. Nothing is deleted: closed items tell later what was decided, by whom. */
@Injectable()
export class InboxItemsRepository {
  constructor(
    private readonly history: InboxHistoryRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Closes an open item for a person. Answers false where there is none, or where it is being tried again at this
   * moment and only one that is not is to be closed.
   */
  async close(
    tx: EntityManager,
    orgId: number,
    itemId: number,
    { state, userId, qboId }: Decision,
    { unlessTried }: { unlessTried: boolean },
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update inbox_items
          set state = $3, closed_at = $4, updated_at = $4, closed_by = $5, retry_queued_at = null,
            retry_queued_by = null
        where org_id = $1 and id = $2 and state = 'open' and (not $6 or ${isFree(RETRY_LEASE)})`,
      [orgId, itemId, state, this.clock.now(), userId, unlessTried],
    );
    if (count === 1) await this.history.note(tx, { orgId, itemId, event: state, userId, qboId });
    return count === 1;
  }

  /**
   * Takes items that may be tried together for a retry, oldest first, at most `limit`. One that is taken already is not
   * taken again before its retry is over.
   */
  async takeForRetry(
    tx: EntityManager,
    orgId: number,
    code: InboxCode,
    userId: number,
    limit: number,
  ): Promise<number[]> {
    const [rows] = await tx.query<[{ id: number }[], number]>(
      `with taken as materialized (
         select id from inbox_items
          where org_id = $1 and code = $2 and state = 'open' and retry = 'together' and retry_queued_at is null
          order by id limit $5 for no key update)
       update inbox_items i set retry_queued_at = $3, retry_queued_by = $4 from taken
        where i.org_id = $1 and i.id = taken.id
       returning i.id::int as id`,
      [orgId, code, this.clock.now(), userId, limit],
    );
    const taken = rows.map(({ id }) => id).toSorted((one, other) => one - other);
    await this.history.noteAll(tx, orgId, taken, { event: 'retry_queued', userId });
    return taken;
  }

  /** How many there are to take like this, by code. */
  async countForRetry(tx: EntityManager, orgId: number): Promise<Map<string, number>> {
    const rows = await tx.query<{ code: string; count: number }[]>(
      `select code, count(*)::int as count from inbox_items
        where org_id = $1 and state = 'open' and retry = 'together' and retry_queued_at is null group by code`,
      [orgId],
    );
    return new Map(rows.map(({ code, count }) => [code, count]));
  }

  /** The retry of an item is over; not where another worker has taken it over. */
  async endRetry(tx: EntityManager, { key, token }: Lease): Promise<void> {
    await tx.query(
      `update inbox_items set retry_queued_at = null, retry_queued_by = null, retry_lease_until = null
        where org_id = $1 and id = $2 and retry_lease_token = $3`,
      [...key, token],
    );
  }

  /** Items whose retry was queued and is made by nobody: of each organisation the oldest, then the second of each. */
  async listDueRetries(tx: EntityManager, limit: number): Promise<{ orgId: number; itemId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select "orgId", "itemId" from (
         select org_id as "orgId", id::int as "itemId", row_number() over (partition by org_id order by id) as turn
           from inbox_items
          where state = 'open' and retry_queued_at is not null and ${isFree(RETRY_LEASE)}) as due
        order by turn, "itemId" limit $1`,
        [limit],
      ),
    );
  }

  async find(tx: EntityManager, orgId: number, id: number): Promise<InboxItem | null> {
    const [item] = await tx.query<InboxItem[]>(
      `select ${COLUMNS} from inbox_items where org_id = $1 and id = $2`,
      [orgId, id],
    );
    return item ?? null;
  }

  /** An item, locked until the transaction ends, where it is still open. */
  async findOpenForUpdate(tx: EntityManager, orgId: number, id: number): Promise<InboxItem | null> {
    const [item] = await tx.query<InboxItem[]>(
      `select ${COLUMNS} from inbox_items where org_id = $1 and id = $2 and state = 'open' for no key update`,
      [orgId, id],
    );
    return item ?? null;
  }

  /** One more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    filter: InboxFilter,
    window: SortedWindow,
  ): Promise<(InboxItem & SortPosition)[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const { key, after, orderBy } = sortClauses(INBOX_SORT_KEYS, window, place);
    const conditions = [after, ...conditionsOf(filter, place)];
    return tx.query(
      `select ${COLUMNS}, ${key} as key from inbox_items
        where org_id = ${org} and ${conditions.join(' and ')}
        order by ${orderBy} limit ${place(window.limit + 1)}`,
      values,
    );
  }

  /** The open items of a kind but these that `takeForRetry` does not take, oldest first. */
  async listNotTaken(
    tx: EntityManager,
    orgId: number,
    code: InboxCode,
    ids: readonly number[],
    limit: number,
  ): Promise<InboxItem[]> {
    return tx.query(
      `select ${COLUMNS} from inbox_items
        where org_id = $1 and code = $2 and state = 'open' and id <> all($3)
          and (retry is distinct from 'together' or retry_queued_at is not null)
        order by id limit $4`,
      [orgId, code, ids, limit],
    );
  }

  /** How many open items of a kind there are but these. */
  async countOthers(
    tx: EntityManager,
    orgId: number,
    code: InboxCode,
    ids: readonly number[],
  ): Promise<OtherItems> {
    const [row] = await tx.query<[OtherItems]>(
      `select count(*) filter (where retry = 'together' and retry_queued_at is null)::int as takeable,
              count(*) filter (where retry = 'together' and retry_queued_at is not null)::int as waiting,
              count(*) filter (where retry is distinct from 'together')::int as singly
         from inbox_items
        where org_id = $1 and code = $2 and state = 'open' and id <> all($3)`,
      [orgId, code, ids],
    );
    return row;
  }

  /** The open item about a subject, locked until the transaction ends. */
  async findOpenOf(tx: EntityManager, orgId: number, subject: string): Promise<InboxItem | null> {
    const [item] = await tx.query<InboxItem[]>(
      `select ${COLUMNS} from inbox_items where org_id = $1 and subject = $2 and state = 'open' for no key update`,
      [orgId, subject],
    );
    return item ?? null;
  }
}

function conditionsOf(
  { state, code, proposalId, customerId, search }: InboxFilter,
  place: (value: unknown) => string,
): string[] {
  const conditions: string[] = [];
  if (state !== undefined) conditions.push(`state = ${place(state)}`);
  if (code !== undefined) conditions.push(`code = ${place(code)}`);
  if (proposalId !== undefined) conditions.push(`proposal_id = ${place(proposalId)}`);
  if (customerId !== undefined) conditions.push(`${CUSTOMER} = ${place(customerId)}`);
  if (search !== undefined) conditions.push(`reason ilike ${place(containing(search))}`);
  return conditions;
}
