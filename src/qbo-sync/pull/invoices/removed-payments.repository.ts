import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';

/** A payment of ours that was recorded in QuickBooks. */
export interface RecordedPayment {
  paymentId: number;
  qboPaymentId: string;
  proposalId: number;
  customerId: number | null;
  customer: string | null;
  amountCents: number;
  currency: string;
  /** What of it is with us. */
  netCents: number;
}

/** What is known here of payments that were recorded in QuickBooks from here. Only reads. */
@Injectable()
export class RemovedPaymentsRepository {
  /** Those of these payments in QuickBooks that were made for one of ours. */
  async listRecorded(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboPaymentIds: readonly string[],
  ): Promise<RecordedPayment[]> {
    if (qboPaymentIds.length === 0) return [];
    const rows = await tx.query<(RecordedPayment & { amountCents: string; netCents: string })[]>(
      `select p.id::int as "paymentId", o.qbo_id as "qboPaymentId", p.proposal_id as "proposalId",
              p.customer_id as "customerId", coalesce(c.full_name, c.email) as customer,
              p.amount_cents as "amountCents", p.currency, b.net_cents as "netCents"
         from sync_operations o
         join payments p on p.org_id = o.org_id and p.id = o.entity_id
         join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
         left join customers c on c.org_id = p.org_id and c.id = p.customer_id
        where o.org_id = $1 and o.realm_id = $2 and o.kind = 'payment.create' and o.state = 'done'
          and o.qbo_id = any($3)
        order by p.id`,
      [orgId, realmId, qboPaymentIds],
    );
    return rows.map((row) => ({
      ...row,
      amountCents: Number(row.amountCents),
      netCents: Number(row.netCents),
    }));
  }
}
