import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PAYER, PAYER_NAME, REFERENCE } from './payment-filter-sql.js';

/** By what a person knows a payment: who paid it, what for, and where else it is found. */
export interface PaymentParticulars {
  customerId: number | null;
  customerName: string | null;
  proposalName: string;
  /** Of the invoice that it is for; null where none is in QuickBooks yet. */
  invoiceNumber: string | null;
  /** Stripe's id, as it stands on the customer's receipt. */
  reference: string;
  /** Its document in QuickBooks that was made from here and stands there. */
  qboPaymentId: string | null;
}

/** Reads whose payments are, and under which names they stand elsewhere. */
@Injectable()
export class PaymentParticularsRepository {
  /** By payment. */
  async of(
    tx: EntityManager,
    orgId: number,
    paymentIds: readonly number[],
  ): Promise<Map<number, PaymentParticulars>> {
    if (paymentIds.length === 0) return new Map();
    const rows = await tx.query<(PaymentParticulars & { id: number })[]>(
      `select p.id::float8 as id, c.id as "customerId", ${PAYER_NAME} as "customerName", l.name as "proposalName",
              i.number as "invoiceNumber", ${REFERENCE} as reference,
              (select r.qbo_payment_id from recorded_payments r
                where r.org_id = p.org_id and r.payment_id = p.id and not r.is_removed
                order by r.operation_id desc limit 1) as "qboPaymentId"
         from payments p
         join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
         left join invoices i on i.org_id = b.org_id and i.id = b.invoice_id
         ${PAYER}
        where p.org_id = $1 and p.id = any($2::bigint[])`,
      [orgId, paymentIds],
    );
    return new Map(rows.map(({ id, ...particulars }) => [id, particulars]));
  }
}
