import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';
import { Clock } from '../../../platform/time/clock.js';
import { blockedSql } from '../../operations/operation-state.js';

/** What of a payment `p` is back with the customer. */
const REFUNDED = `
  (select least(coalesce(sum(r.amount_cents), 0), p.amount_cents) from refunds r
    where r.org_id = p.org_id and r.payment_id = p.id and r.state = 'succeeded')`;

/** What of that operations account for. */
const ACCOUNTED_FOR = `
  coalesce((select sum((o.payload->>'amountCents')::bigint) from sync_operations o
             where o.org_id = p.org_id and o.kind = 'refund.create' and o.entity_id = p.id), 0)`;

/** Whether an operation of its refunds is certainly not in the books, so that it can still be over less. */
const IS_CHANGEABLE = `
  exists (select from sync_operations o
           where o.org_id = p.org_id and o.kind = 'refund.create' and o.entity_id = p.id
             and (${blockedSql('o')} and o.first_sent_at is null or o.state = 'refused')
             and o.payload->>'amountCents' <> '0' and o.payload->'byPerson' is null)`;

/** Payments whose operations do not come to what the ledger has, or whose invoice is still to be looked at. */
@Injectable()
export class IncompletePaymentsRepository {
  constructor(private readonly clock: Clock) {}

  /** Payments, their invoices, and those whose newest refunds, nobody has taken up in time. */
  async listLost(tx: EntityManager, limit: number): Promise<QueuePayloads['qbo.payment.record'][]> {
    return throughDoor('scheduler', () =>
      tx.query(
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
          and ${REFUNDED} > ${ACCOUNTED_FOR}
        order by 2 limit $2`,
        [this.clock.now(), limit],
      ),
    );
  }

  /**
   * All of them, or those of one organisation. Each part begins with the few rows that can be meant: asked of every
   * payment there is, it takes longer than a statement may. That one is recorded here is written down together with its
   * operation, so that those without are looked for where a company is connected alone.
   */
  async list(tx: EntityManager, orgId: number | null): Promise<QueuePayloads['qbo.payment.record'][]> {
    const isTheirs = (row: string): string => `($1::int is null or ${row}.org_id = $1)`;
    const payment = 'p.org_id as "orgId", p.id::int as "paymentId", p.proposal_id as "proposalId"';
    return throughDoor('scheduler', () =>
      tx.query(
        `select ${payment} from payments p where ${isTheirs('p')} and p.recorded_here is null
         union
        select ${payment} from payments p where ${isTheirs('p')} and p.invoice_check_at is not null
         union
        select ${payment} from payments p
         where p.org_id = $1 and p.recorded_here
           and not exists (select from sync_operations o
                            where o.org_id = p.org_id and o.kind = 'payment.create' and o.entity_id = p.id)
         union
        select ${payment}
          from (select distinct r.org_id, r.payment_id from refunds r where ${isTheirs('r')}) r
          join payments p on p.org_id = r.org_id and p.id = r.payment_id and p.recorded_here
         where ${REFUNDED} > ${ACCOUNTED_FOR} or ${REFUNDED} < ${ACCOUNTED_FOR} and ${IS_CHANGEABLE}
         order by 2`,
        [orgId],
      ),
    );
  }
}
