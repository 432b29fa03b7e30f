import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../../platform/database/prepared.js';
import { Clock } from '../../../../platform/time/clock.js';

/** A payment of ours, and the proposal it was made for. */
export interface AskedPayment {
  paymentId: number;
  proposalId: number;
}

/** Payments that are not recorded, of which a person is asked as less was open on their invoice than was paid. */
@Injectable()
export class AskedPaymentsRepository {
  constructor(private readonly clock: Clock) {}

  /** Has those for these invoices, by their ids here, wait once more, while a person is asked. Answers them. */
  async takeUp(tx: EntityManager, orgId: number, invoiceIds: readonly number[]): Promise<AskedPayment[]> {
    const [rows] = await tx.query<[AskedPayment[], number]>(
      prepared(`update sync_operations o
          set state = 'waiting', error_detail = null, next_attempt_at = $3, updated_at = $3
         from payments p
         join invoices i on i.org_id = p.org_id and i.proposal_id = p.proposal_id and i.kind = p.invoice_kind
                        and i.sequence = p.invoice_sequence
        where o.org_id = $1 and o.kind = 'payment.create' and o.state = 'refused'
          and o.error_kind = 'invoice_settled_already' and o.first_sent_at is null
          and p.org_id = $1 and p.id = o.entity_id and i.id = any($2::int[])
          and exists (select from inbox_items n
                       where n.org_id = $1 and n.subject = 'payment.create:' || o.entity_id and n.state = 'open')
          and not exists (select from sync_operations later
                           where later.org_id = $1 and later.kind = o.kind and later.entity_id = o.entity_id
                             and later.generation > o.generation)
        returning o.entity_id as "paymentId", o.proposal_id as "proposalId"`),
      [orgId, invoiceIds, this.clock.now()],
    );
    return rows;
  }
}
