import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isFree } from '../../../jobs/lease.js';
import { Clock } from '../../../platform/time/clock.js';
import type { OperationState } from '../../operations/operation.entity.js';
import { OPERATION_LEASE } from '../../operations/operations.repository.js';

/** How the newest wish to create a customer stands. */
export interface CustomerWish {
  customerId: number;
  state: OperationState;
  /** It was sent, and nobody knows what became of it. */
  inDoubt: boolean;
}

/** The wishes to create customers, of many at once. What becomes of one is the business of its own operation. */
@Injectable()
export class PendingCustomerCreatesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The newest wish of each of these customers that has one. */
  async listNewest(orgId: number, customerIds: readonly number[]): Promise<CustomerWish[]> {
    return this.dataSource.query(
      `select distinct on (entity_id) entity_id as "customerId", state,
              state in ('ready', 'sent', 'uncertain') and first_sent_at is not null as "inDoubt"
         from sync_operations
        where org_id = $1 and kind = 'customer.create' and entity_id = any($2)
        order by entity_id, generation desc`,
      [orgId, customerIds],
    );
  }

  /** What is tried again together with others is not due one by one until then. */
  async keepTogether(orgId: number, customerIds: readonly number[], until: Date): Promise<void> {
    await this.dataSource.query(
      `update sync_operations set next_attempt_at = greatest(next_attempt_at, $3), updated_at = $4
        where org_id = $1 and kind = 'customer.create' and entity_id = any($2) and state in ('ready', 'uncertain')
          and ${isFree(OPERATION_LEASE)}`,
      [orgId, customerIds, until, this.clock.now()],
    );
  }
}
