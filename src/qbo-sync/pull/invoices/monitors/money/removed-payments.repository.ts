import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../../../platform/database/statements/prepared.js';
import { Clock } from '../../../../../platform/time/clock.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { RECEIPT_RELEASED_CENTS } from '../../../../../contracts/settlement/refund-receipts-sql.js';
import { customerNameSql } from '../../../../../customers/customer-name-sql.js';
import type { GoneOrThere } from '../gone-or-there.js';

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

/** Refund receipts of a payment that are in QuickBooks and it is not, or the other way round, together. */
export interface StrayReceipts {
  /** By QuickBooks' ids, oldest first. */
  ids: string[];
  /** Of each. */
  amountsCents: number[];
  /** What of each came off income, though the rest came off a deposit that is owed. */
  releasedCents: number[];
  currency: string;
  proposalId: number;
  customerId: number | null;
  customer: string | null;
  /** When what is gone was last heard of. */
  since: Date;
}

type ReceiptSums = 'amountsCents' | 'releasedCents';
type ReceiptRow = Omit<StrayReceipts, ReceiptSums> & Record<ReceiptSums, string[]>;

/** Keeps which payments and refund receipts of ours are gone from QuickBooks, and what is known here of them. */
@Injectable()
export class RemovedPaymentsRepository {
  constructor(private readonly clock: Clock) {}

  /**
   * Answers the payments, ours, of those documents of which it was not known yet: one that was voided and is deleted
   * is as gone as before. An older version than the one that was heard of last says nothing, and neither does any
   * version of one that was deleted.
   */
  async keep(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    kind: 'payment.create' | 'refund.create',
    documents: readonly GoneOrThere[],
  ): Promise<number[]> {
    if (documents.length === 0) return [];
    const [rows] = await tx.query<[{ paymentId: number; isChange: boolean }[], number]>(
      prepared(`update sync_operations o
          set payload = (o.payload - 'removed')
                || case when n.is_gone then '{"removed": true}' else '{}' end::jsonb
                || case when n.is_deleted then '{"deleted": true}' else '{}' end::jsonb
                || case when n.version is null then '{}' else jsonb_build_object('heardOf', n.version) end,
              updated_at = $8
         from unnest($4::text[], $5::boolean[], $6::boolean[], $7::bigint[]) as n(id, is_gone, is_deleted, version)
         join sync_operations was on was.org_id = $1 and was.realm_id = $2 and was.kind = $3 and was.qbo_id = n.id
        where o.id = was.id and o.org_id = $1 and o.realm_id = $2 and o.kind = $3 and o.state = 'done'
          and o.qbo_id = n.id
          and ((o.payload -> 'removed' is not null) <> n.is_gone or n.is_deleted) and o.payload -> 'deleted' is null
          and coalesce(n.version >= (o.payload ->> 'heardOf')::bigint, true)
        returning o.entity_id as "paymentId", (was.payload -> 'removed' is not null) <> n.is_gone as "isChange"`),
      [
        orgId,
        realmId,
        kind,
        documents.map(({ id }) => id),
        documents.map(({ isGone }) => isGone),
        documents.map(({ isDeleted }) => isDeleted),
        documents.map(({ version }) => version),
        this.clock.now(),
      ],
    );
    return [...new Set(rows.flatMap(({ paymentId, isChange }) => (isChange ? [paymentId] : [])))];
  }

  /** The receipts of a payment of which nothing is with us and which is gone from QuickBooks; null where none is. */
  async strayReceipts(tx: EntityManager, orgId: number, paymentId: number): Promise<StrayReceipts | null> {
    return this.receipts(
      tx,
      { orgId, paymentId },
      `o.payload -> 'removed' is null and x.payload -> 'removed' is not null and b.net_cents = 0`,
    );
  }

  /**
   * The receipts of a payment that are gone from QuickBooks, though it is on an invoice there and the refunds stand;
   * null where none is.
   */
  async removedReceipts(tx: EntityManager, orgId: number, paymentId: number): Promise<StrayReceipts | null> {
    return this.receipts(
      tx,
      { orgId, paymentId },
      `o.payload -> 'removed' is not null and x.payload -> 'removed' is null
         and b.refunded_cents >= (
           select sum((s.payload ->> 'amountCents')::bigint) from sync_operations s
            where s.org_id = p.org_id and s.kind = 'refund.create' and s.entity_id = p.id)
         and exists (select from invoice_payments a
                      where a.org_id = x.org_id and a.realm_id = x.realm_id and a.qbo_payment_id = x.qbo_id
                        and a.removed_at is null)`,
    );
  }

  private async receipts(
    tx: EntityManager,
    { orgId, paymentId }: { orgId: number; paymentId: number },
    condition: string,
  ): Promise<StrayReceipts | null> {
    const [row] = await tx.query<ReceiptRow[]>(
      `select array_agg(o.qbo_id order by o.id) as ids,
              array_agg((o.payload ->> 'amountCents')::bigint order by o.id) as "amountsCents",
              array_agg(${RECEIPT_RELEASED_CENTS} order by o.id) as "releasedCents",
              p.currency, p.proposal_id as "proposalId", p.customer_id as "customerId",
              ${customerNameSql('c')} as customer,
              greatest(x.updated_at, max(o.updated_at)) as since
         from payments p
         join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
         join lateral (
           select x.* from sync_operations x
            where x.org_id = p.org_id and x.kind = 'payment.create' and x.entity_id = p.id
            order by x.generation desc limit 1) x on x.state = 'done'
         join sync_operations o on o.org_id = p.org_id and o.kind = 'refund.create' and o.entity_id = p.id
                               and o.state = 'done' and (o.payload ->> 'amountCents')::bigint > 0
         left join customers c on c.org_id = p.org_id and c.id = p.customer_id
        where p.org_id = $1 and p.id = $2 and ${condition}
        group by p.currency, p.proposal_id, p.customer_id, c.full_name, c.email, x.updated_at`,
      [orgId, paymentId],
    );
    if (!row) return null;
    const { amountsCents, releasedCents, ...about } = row;
    return { ...about, amountsCents: amountsCents.map(Number), releasedCents: releasedCents.map(Number) };
  }

  /** A person has taken the receipts of a payment out of QuickBooks, as the payment is gone from there. */
  async takeReceiptsOut(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const ids = (await this.strayReceipts(tx, orgId, paymentId))?.ids ?? [];
    await tx.query(
      `update sync_operations set payload = payload || '{"removed": true}', updated_at = $4
        where org_id = $1 and kind = 'refund.create' and entity_id = $2 and state = 'done' and qbo_id = any($3)`,
      [orgId, paymentId, ids, this.clock.now()],
    );
  }

  /** Those of these payments in QuickBooks that were made for one of ours. */
  async listRecorded(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboPaymentIds: readonly string[],
  ): Promise<RecordedPayment[]> {
    if (qboPaymentIds.length === 0) return [];
    const rows = await tx.query<RecordedRow[]>(
      `${RECORDED} and r.realm_id = $2 and r.qbo_payment_id = any($3) order by p.id`,
      [orgId, realmId, qboPaymentIds],
    );
    return rows.map(recordedIn);
  }

  /** A payment of ours that is gone from QuickBooks, and that no person has named another one for; else null. */
  async findRemoved(tx: EntityManager, orgId: number, paymentId: number): Promise<RecordedPayment | null> {
    const [row] = await tx.query<RecordedRow[]>(
      prepared(`${RECORDED} and r.payment_id = $2 and r.is_removed
           and not exists (select from sync_operations o
                             join sync_operations later on later.org_id = $1 and later.kind = o.kind
                                                       and later.entity_id = o.entity_id
                                                       and later.generation > o.generation
                            where o.org_id = $1 and o.id = r.operation_id)`),
      [orgId, paymentId],
    );
    return row ? recordedIn(row) : null;
  }
}

type RecordedRow = RecordedPayment & { amountCents: string; netCents: string };

const RECORDED = `select p.id::int as "paymentId", r.qbo_payment_id as "qboPaymentId", p.proposal_id as "proposalId",
              p.customer_id as "customerId", ${customerNameSql('c')} as customer,
              p.amount_cents as "amountCents", p.currency, b.net_cents as "netCents"
         from recorded_payments r
         join payments p on p.org_id = r.org_id and p.id = r.payment_id
         join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
         left join customers c on c.org_id = p.org_id and c.id = p.customer_id
        where r.org_id = $1`;

function recordedIn(row: RecordedRow): RecordedPayment {
  return { ...row, amountCents: Number(row.amountCents), netCents: Number(row.netCents) };
}
