import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/prepared.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';

/** A customer of ours who paid. */
export interface PayingCustomer {
  id: number;
  name: string;
  /** It was made by card or bank, and all of it went back to the customer. */
  isGivenBack: boolean;
}

/** What is known here of payments that are free. Only reads. */
@Injectable()
export class UnappliedPaymentsRepository {
  /**
   * The customers of ours whose payments these are, by the payment. Left out are payments that were recorded from
   * here and stand in the inbox already because QuickBooks did not apply all of them.
   */
  async customersOf(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    payments: readonly Pick<QboPayment, 'id' | 'customerId'>[],
  ): Promise<Map<string, PayingCustomer>> {
    if (payments.length === 0) return new Map();
    const rows = await tx.query<(PayingCustomer & { paymentId: string })[]>(
      `select paid.id as "paymentId", c.id, coalesce(c.full_name, c.email) as name,
              exists (
                select from sync_operations o
                  join payment_balances b on b.org_id = o.org_id and b.payment_id = o.entity_id
                 where o.org_id = $1 and o.realm_id = $2 and o.kind = 'payment.create' and o.qbo_id = paid.id
                   and b.refunded_cents = b.amount_cents) as "isGivenBack"
         from unnest($3::text[], $4::text[]) as paid(id, customer_ref)
         join customers c on c.org_id = $1 and coalesce(c.qbo_realm_id, $2) = $2 and c.qbo_customer_id =
           paid.customer_ref
        where not exists (
          select from sync_operations o
            join inbox_items i on i.org_id = o.org_id and i.state = 'open'
                              and i.subject = 'payment.unapplied:' || o.entity_id
           where o.org_id = $1 and o.realm_id = $2 and o.kind = 'payment.create' and o.qbo_id = paid.id)`,
      [orgId, realmId, payments.map(({ id }) => id), payments.map(({ customerId }) => customerId)],
    );
    return new Map(rows.map(({ paymentId, ...customer }) => [paymentId, customer]));
  }

  /** Those of these subjects that stand in the inbox. */
  async listOpenSubjects(tx: EntityManager, orgId: number, subjects: readonly string[]): Promise<string[]> {
    if (subjects.length === 0) return [];
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`select subject from inbox_items where org_id = $1 and state = 'open' and subject = any($2)`),
      [orgId, subjects],
    );
    return rows.map(({ subject }) => subject);
  }
}
