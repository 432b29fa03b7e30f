import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueJobsService } from '../../../jobs/due-jobs.service.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue-payloads.js';
import { Clock } from '../../../platform/time/clock.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { throughDoor } from '../../../platform/database/scope.js';

/**
 * Enqueues payments whose operations do not come to what the ledger has, or whose invoice is still to be looked at: at
 * the start of a process, whenever a company is connected, and of the last day every few seconds. The net for jobs that
 * were lost; there is nothing to do while none is.
 */
@Injectable()
export class IncompletePaymentsService implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
    connections: ConnectionService,
    due: DueJobsService,
  ) {
    connections.onConnected((tx, { orgId }) => this.enqueue(tx, orgId));
    due.register({ table: 'payments', list: (tx, limit) => this.listLost(tx, limit) });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.dataSource.transaction((tx) => this.enqueue(tx, null));
  }

  /** Payments, their invoices, and those whose newest refunds, nobody has taken up in time. */
  private async listLost(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const rows = await throughDoor('scheduler', () =>
      tx.query<QueuePayloads['qbo.payment.record'][]>(
        `select org_id as "orgId", id::int as "paymentId", proposal_id as "proposalId" from payments
        where recorded_here is null and created_at < $1::timestamptz - interval '1 minute'
       union
       select org_id, id::int, proposal_id from payments
        where invoice_check_at < $1::timestamptz - interval '10 seconds'
       union
       select p.org_id, p.id::int, p.proposal_id
         from refunds r join payments p on p.org_id = r.org_id and p.id = r.payment_id and p.recorded_here
        where r.state = 'succeeded'
          and r.updated_at between $1::timestamptz - interval '1 day' and $1::timestamptz - interval '1 minute'
          and (select least(sum(made.amount_cents), p.amount_cents) from refunds made
                where made.org_id = p.org_id and made.payment_id = p.id and made.state = 'succeeded')
              > coalesce((select sum((o.payload->>'amountCents')::bigint) from sync_operations o
                           where o.org_id = p.org_id and o.kind = 'refund.create' and o.entity_id = p.id), 0)
        order by 2 limit $2`,
        [this.clock.now(), limit],
      ),
    );
    return rows.map((payload) => ({ name: 'qbo.payment.record', payload }));
  }

  private async enqueue(tx: EntityManager, orgId: number | null): Promise<void> {
    const rows = await throughDoor('scheduler', () =>
      tx.query<QueuePayloads['qbo.payment.record'][]>(
        `select p.org_id as "orgId", p.id::int as "paymentId", p.proposal_id as "proposalId"
         from payments p
        where ($1::int is null or p.org_id = $1)
          and (p.recorded_here is null
            or p.invoice_check_at is not null
            or p.recorded_here and (
              not exists (select from sync_operations o
                           where o.org_id = p.org_id and o.kind = 'payment.create' and o.entity_id = p.id)
              or coalesce((select sum(r.amount_cents) from refunds r
                            where r.org_id = p.org_id and r.payment_id = p.id and r.state = 'succeeded'), 0)
                 <> coalesce((select sum((o.payload->>'amountCents')::bigint) from sync_operations o
                              where o.org_id = p.org_id and o.kind = 'refund.create' and o.entity_id = p.id), 0)))
        order by p.id`,
        [orgId],
      ),
    );
    await this.jobs.enqueueAll(tx, 'qbo.payment.record', rows);
  }
}
