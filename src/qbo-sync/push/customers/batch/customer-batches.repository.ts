import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isFree, type LeaseTable } from '../../../../jobs/leases/lease.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { BatchItem, BatchProgress } from './customer-batch.view.js';
import type { CustomerOutcome } from '../customer-outcome.js';
import type { CustomerSyncItem } from './customer-batch-sync.service.js';
import { throughDoor } from '../../../../platform/database/scope/scope.js';

/** Whoever works on a batch holds it meanwhile. */
export const BATCH_LEASE: LeaseTable = {
  table: 'customer_batches',
  key: ['org_id', 'id'],
  token: 'lease_token',
  until: 'lease_until',
  takeable: `status <> 'done'`,
  onTake: `status = 'running'`,
  returning: 'id, org_id as "orgId"',
};

/** A batch in the hands of one worker. */
export interface HeldBatch {
  id: string;
  orgId: number;
  leaseToken: string;
}

type Over = Extract<CustomerOutcome, { final: true }> & { customerId: number };
type Again = Extract<CustomerOutcome, { final: false }> & { customerId: number };

/** The tables of customer batches and their items. A lease keeps two workers from carrying one batch. */
@Injectable()
export class CustomerBatchesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async insert(
    tx: EntityManager,
    batch: { id: string; orgId: number; createdBy: number; customerIds: readonly number[] },
  ): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `insert into customer_batches (id, org_id, created_by, total, next_run_at, created_at)
       values ($1, $2, $3, $4, $5, $5)`,
      [batch.id, batch.orgId, batch.createdBy, batch.customerIds.length, now],
    );
    await tx.query(
      `insert into customer_batch_items (batch_id, org_id, position, customer_id, next_attempt_at)
       select $1, $2, position, customer_id, $4
         from unnest($3::int[]) with ordinality as asked (customer_id, position)`,
      [batch.id, batch.orgId, batch.customerIds, now],
    );
  }

  async findProgress(orgId: number, id: string): Promise<BatchProgress | null> {
    const [row] = await this.dataSource.query<BatchProgress[]>(
      `select b.id, b.status, b.total,
              (select count(*)::int from customer_batch_items i
                where i.org_id = b.org_id and i.batch_id = b.id and i.state = 'done') as done
         from customer_batches b where b.org_id = $1 and b.id = $2`,
      [orgId, id],
    );
    return row ?? null;
  }

  /** What came of those that are over, in the order they were asked for. */
  async listDone(orgId: number, id: string): Promise<BatchItem[]> {
    return this.dataSource.query(
      `select customer_id as "customerId", result, qbo_customer_id as "qboCustomerId", error, adopted
         from customer_batch_items where org_id = $1 and batch_id = $2 and state = 'done' order by position`,
      [orgId, id],
    );
  }

  /** The customers of a batch that are to be tried now, in the order they were asked for. */
  async listDueItems({ orgId, id }: HeldBatch): Promise<CustomerSyncItem[]> {
    return this.dataSource.query(
      `select customer_id as "customerId", attempts from customer_batch_items
        where org_id = $1 and batch_id = $2 and state = 'pending' and next_attempt_at <= $3 order by position`,
      [orgId, id, this.clock.now()],
    );
  }

  /** Writes down what came of some, and answers which of them were still open. */
  async closeItems(
    tx: EntityManager,
    { orgId, id }: HeldBatch,
    outcomes: readonly Over[],
  ): Promise<number[]> {
    const [rows] = await tx.query<[{ customerId: number }[], number]>(
      `update customer_batch_items i
          set state = 'done', attempts = i.attempts + 1, result = o.result, error = o.error,
              qbo_customer_id = o."qboCustomerId", adopted = coalesce(o.adopted, false), finished_at = $4
         from jsonb_to_recordset($3::jsonb)
              as o ("customerId" integer, result text, "qboCustomerId" text, error text, adopted boolean)
        where i.org_id = $1 and i.batch_id = $2 and i.customer_id = o."customerId" and i.state = 'pending'
        returning i.customer_id as "customerId"`,
      [orgId, id, JSON.stringify(outcomes), this.clock.now()],
    );
    return rows.map(({ customerId }) => customerId);
  }

  /** Notes when some are tried again. */
  async postponeItems(
    tx: EntityManager,
    { orgId, id }: HeldBatch,
    outcomes: readonly Again[],
  ): Promise<void> {
    await tx.query(
      `update customer_batch_items i set attempts = i.attempts + 1, next_attempt_at = o.at
         from jsonb_to_recordset($3::jsonb) as o ("customerId" integer, at timestamptz)
        where i.org_id = $1 and i.batch_id = $2 and i.customer_id = o."customerId" and i.state = 'pending'`,
      [orgId, id, JSON.stringify(outcomes)],
    );
  }

  /**
   * Lets go of a batch. It is done when nothing is open; else it goes on with the first that is due, not before
   * `notBefore`. Answers when; null where it is done or has passed to another worker.
   */
  async release(tx: EntityManager, held: HeldBatch, notBefore: Date | null): Promise<Date | null> {
    const [rows] = await tx.query<[{ status: string; nextRunAt: Date }[], number]>(
      `update customer_batches b
          set lease_until = null,
              status = case when open.count = 0 then 'done' else b.status end,
              finished_at = case when open.count = 0 then $4::timestamptz end,
              next_run_at = greatest(coalesce(open.first, $4), $5)
         from (select count(*) as count, min(next_attempt_at) as first
                 from customer_batch_items where org_id = $1 and batch_id = $2 and state = 'pending') as open
        where b.org_id = $1 and b.id = $2 and b.lease_token = $3
        returning b.status, b.next_run_at as "nextRunAt"`,
      [held.orgId, held.id, held.leaseToken, this.clock.now(), notBefore],
    );
    const row = rows[0];
    return row && row.status !== 'done' ? row.nextRunAt : null;
  }

  /** Batches that should go on and that nobody carries, the longest waiting first. */
  async listDue(tx: EntityManager, limit: number): Promise<{ id: string; orgId: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select id, org_id as "orgId" from customer_batches
          where status <> 'done' and next_run_at <= $1 and ${isFree(BATCH_LEASE)}
          order by next_run_at limit $2`,
        [this.clock.now(), limit],
      ),
    );
  }
}
