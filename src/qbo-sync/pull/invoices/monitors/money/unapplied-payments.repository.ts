import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { QboPayment } from '../../../../api/model/qbo-objects.js';
import { customerNameSql } from '../../../../../customers/customer-name-sql.js';

/** A customer of ours who paid. */
export interface PayingCustomer {
  id: number;
  name: string;
  /**
   * It was made by card or bank, and all of it is back with the customer: `refunded`, or a part at least `lost` in a
   * dispute; or `part`: as much as is on no invoice. Null: more of it is with us, or it was entered in QuickBooks.
   */
  wentBack: 'refunded' | 'lost' | 'part' | null;
  /** The open item that asks about it because QuickBooks did not apply all of it as it was recorded; else null. */
  unappliedSubject: string | null;
  /** An open item asks whose it is, as somebody moved it to this customer. */
  isMoved: boolean;
  /** When it last came off an invoice of ours; null where it was on none. */
  takenOffAt: Date | null;
}

/** What is known here of payments that are free. Only reads. */
@Injectable()
export class UnappliedPaymentsRepository {
  /**
   * The customers of ours whose payments these are, by the payment, also in a currency of their own.
   */
  async customersOf(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    payments: readonly Pick<QboPayment, 'id' | 'customerId' | 'unappliedCents'>[],
  ): Promise<Map<string, PayingCustomer>> {
    if (payments.length === 0) return new Map();
    const rows = await tx.query<(PayingCustomer & { paymentId: string })[]>(
      `select paid.id as "paymentId", c.id, ${customerNameSql('c')} as name,
              (select case when b.net_cents > 0 then 'part'
                           when b.refunded_cents = b.amount_cents then 'refunded' else 'lost' end
                 from recorded_payments r
                 join payment_balances b on b.org_id = r.org_id and b.payment_id = r.payment_id
                where r.org_id = $1 and r.realm_id = $2 and r.qbo_payment_id = paid.id
                  and b.amount_cents - b.net_cents >= paid.free_cents
                limit 1) as "wentBack",
              (select i.subject from recorded_payments r
                 join inbox_items i on i.org_id = r.org_id and i.state = 'open'
                                   and i.subject = 'payment.unapplied:' || r.payment_id
                where r.org_id = $1 and r.realm_id = $2 and r.qbo_payment_id = paid.id
                limit 1) as "unappliedSubject",
              exists (select from recorded_payments r
                 join inbox_items i on i.org_id = r.org_id and i.state = 'open'
                                   and i.subject = 'document.customer:' || r.operation_id
                where r.org_id = $1 and r.realm_id = $2 and r.qbo_payment_id = paid.id) as "isMoved",
              (select max(m.removed_at) from invoice_payments m
                where m.org_id = $1 and m.realm_id = $2 and m.qbo_payment_id = paid.id) as "takenOffAt"
         from unnest($3::text[], $4::text[], $5::bigint[]) as paid(id, customer_ref, free_cents)
         join lateral (
           select x.id, x.full_name, x.email from customers x
            where x.org_id = $1 and coalesce(x.qbo_realm_id, $2) = $2 and x.qbo_customer_id = paid.customer_ref
            union all
           select x.id, x.full_name, x.email
             from customer_currency_links l join customers x on x.org_id = l.org_id and x.id = l.customer_id
            where l.org_id = $1 and l.realm_id = $2 and l.qbo_customer_id = paid.customer_ref) c on true`,
      [
        orgId,
        realmId,
        payments.map(({ id }) => id),
        payments.map(({ customerId }) => customerId),
        payments.map(({ unappliedCents }) => unappliedCents),
      ],
    );
    return new Map(rows.map(({ paymentId, ...customer }) => [paymentId, customer]));
  }

  /**
   * The subjects that stand in the inbox about these payments: on account, and of ours whether QuickBooks applied all.
   * The latter not where the payment is over another sum there than was paid; `totalCents` is null of one that is gone.
   */
  async listOpenSubjects(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    payments: readonly { id: string; totalCents: number | null }[],
  ): Promise<string[]> {
    if (payments.length === 0) return [];
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`select i.subject from inbox_items i
        where i.org_id = $1 and i.state = 'open' and i.subject = any(array(
          select 'payment.on_account:' || $2 || ':' || one.id from unnest($3::text[]) as one(id)
           union all
          select 'payment.unapplied:' || r.payment_id
            from unnest($3::text[], $4::bigint[]) as one(id, total)
            join recorded_payments r on r.org_id = $1 and r.realm_id = $2 and r.qbo_payment_id = one.id
           where coalesce(one.total, 0) in (0, r.amount_cents)))`),
      [orgId, realmId, payments.map(({ id }) => id), payments.map(({ totalCents }) => totalCents)],
    );
    return rows.map(({ subject }) => subject);
  }

  /** What QuickBooks calls a recorded payment that an open item says is on no invoice, or not all; null without one. */
  async onAccount(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    paymentId: number,
  ): Promise<string | null> {
    const [row] = await tx.query<{ id: string }[]>(
      `select r.qbo_payment_id as id
         from recorded_payments r
         join inbox_items i on i.org_id = r.org_id and i.state = 'open'
                           and i.subject in ('payment.on_account:' || r.realm_id || ':' || r.qbo_payment_id,
                                             'payment.unapplied:' || r.payment_id)
        where r.org_id = $1 and r.realm_id = $2 and r.payment_id = $3`,
      [orgId, realmId, paymentId],
    );
    return row?.id ?? null;
  }
}
