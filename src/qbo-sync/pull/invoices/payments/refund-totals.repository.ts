import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { BookedSums } from '../../../operations/operation-payloads.js';
import type { BookedReceipt } from './refund-total.js';

/** Keeps what refund receipts of ours are over beyond what was sent, and what of them is tax. */
@Injectable()
export class RefundTotalsRepository {
  /** Those of these receipts that are of refunds of ours. */
  async list(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    receiptIds: readonly string[],
  ): Promise<BookedReceipt[]> {
    if (receiptIds.length === 0) return [];
    return tx.query(
      `select o.id as "operationId", o.entity_id as "paymentId", o.qbo_id as "qboId",
              o.proposal_id as "proposalId",
              case when o.payload -> 'ofReleased' = 'false' then o.payload #>> '{draft,itemId}' end as "heldItemId",
              o.payload #>> '{fact,currency}' as currency, (o.payload ->> 'amountCents')::float8 as cents,
              case when o.payload ? 'overCents' then (o.payload ->> 'overCents')::float8 else 0 end as "overCents",
              exists (select from inbox_items n
                       where n.org_id = o.org_id and n.subject = 'refund.excess:' || o.entity_id
                         and n.state = 'open') as "isToBeLowered",
              exists (select from inbox_items n
                       where n.org_id = o.org_id and n.subject = 'refund.total:' || o.id
                         and n.closed_by is not null) as "isDecided"
         from sync_operations o
        where o.org_id = $1 and o.realm_id = $2 and o.kind = 'refund.create' and o.state = 'done'
          and o.qbo_id = any($3)
        order by o.id`,
      [orgId, realmId, receiptIds],
    );
  }

  /** Null where it is not known. It is no news of the refund: what a person decided about that since holds. */
  async keepOver(
    tx: EntityManager,
    { orgId, id }: { orgId: number; id: string },
    overCents: number | null,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set payload = (payload - 'overCents') || case when $3::bigint = 0 then '{}'
                                                        else jsonb_build_object('overCents', $3::bigint) end
        where org_id = $1 and id = $2`,
      [orgId, id, overCents],
    );
  }

  /**
   * What QuickBooks has as tax of one that is over what was sent: it counts that itself, and people can change it; and
   * by which product it is, as far as that is kept.
   */
  async keepBooked(
    tx: EntityManager,
    { orgId, id }: { orgId: number; id: string },
    booked: BookedSums,
  ): Promise<void> {
    await tx.query(
      `update sync_operations set payload = payload || jsonb_build_object('booked', $3::jsonb)
        where org_id = $1 and id = $2 and payload -> 'booked' is distinct from $3::jsonb`,
      [orgId, id, JSON.stringify(booked)],
    );
  }
}
