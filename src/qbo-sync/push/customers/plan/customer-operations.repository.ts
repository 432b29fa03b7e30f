import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { isFree } from '../../../../jobs/leases/lease.js';
import { Clock } from '../../../../platform/time/clock.js';
import { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { OPERATION_LEASE } from '../../../operations/rows/operation-lease.js';
import { pendingSql } from '../../../operations/operation-state.js';

export type CustomerOperation = OutboundOperation<'customer.create'> | OutboundOperation<'customer.update'>;

/** The operations of many customers at once. */
@Injectable()
export class CustomerOperationsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The newest operation of each kind of these customers. */
  async listNewest(orgId: number, customerIds: readonly number[]): Promise<CustomerOperation[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select distinct on (kind, entity_id) id from sync_operations
        where org_id = $1 and kind in ('customer.create', 'customer.update') and entity_id = any($2)
        order by kind, entity_id, generation desc`,
      [orgId, customerIds],
    );
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const operations = await this.dataSource.manager.findBy(OutboundOperation, { orgId, id: In(ids) });
    return operations as CustomerOperation[];
  }

  /** Keeps operations that a batch tries again from being tried one by one before `until`. */
  async keepForBatch(orgId: number, customerIds: readonly number[], until: Date): Promise<void> {
    await this.dataSource.query(
      `update sync_operations set next_attempt_at = greatest(next_attempt_at, $3), updated_at = $4
        where org_id = $1 and kind in ('customer.create', 'customer.update') and entity_id = any($2)
          and ${pendingSql()} and state <> 'sent' and ${isFree(OPERATION_LEASE)}`,
      [orgId, customerIds, until, this.clock.now()],
    );
  }
}
