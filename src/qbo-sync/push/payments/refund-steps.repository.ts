import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';

/** Changes refund operations that were not sent. */
@Injectable()
export class RefundStepsRepository {
  constructor(private readonly clock: Clock) {}

  /** Holds the steps of a payment until the transaction ends, so that none is prepared for sending meanwhile. */
  async lock(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    await tx.query(
      `select from sync_operations
        where org_id = $1 and kind = 'refund.create' and entity_id = $2 order by id for no key update`,
      [orgId, paymentId],
    );
  }

  /** Sets the amount of a step that was not sent; at 0 it is cancelled, and nothing is sent for it any more. */
  async shrink(tx: EntityManager, orgId: number, id: string, toCents: number): Promise<void> {
    await tx.query(
      `update sync_operations
          set payload = jsonb_set(payload, '{amountCents}', to_jsonb($3::bigint)), updated_at = $4,
              state = case when $3::bigint = 0 then 'refused' else state end,
              error_kind = case when $3::bigint = 0 then 'validation' else error_kind end,
              error_detail = case when $3::bigint = 0 then 'The refund failed at Stripe before it was in the books.'
                                  else error_detail end
        where org_id = $1 and id = $2 and state in ('waiting', 'held_back', 'refused') and first_sent_at is null`,
      [orgId, id, toCents, this.clock.now()],
    );
  }
}
