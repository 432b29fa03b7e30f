import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../api/model/qbo-company.js';

/** Which documents in QuickBooks no comparison of invoices tells of. Only reads. */
@Injectable()
export class OwnDocumentsRepository {
  /** Payments of ours that are on no invoice as far as is known, and whosever are asked about as being on none. */
  async listPaymentsOnNone(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select r.qbo_payment_id as id
         from recorded_payments r
        where r.org_id = $1 and r.realm_id = $2 and not r.is_removed
          and not exists (select from invoice_payments p
                           where p.org_id = r.org_id and p.realm_id = r.realm_id
                             and p.qbo_payment_id = r.qbo_payment_id and p.removed_at is null)
        union
       select split_part(i.subject, ':', 3)
         from inbox_items i
        where i.org_id = $1 and i.state = 'open' and i.subject like 'payment.on\\_account:' || $2 || ':%'
        order by id`),
      [orgId, realmId],
    );
    return rows.map(({ id }) => id);
  }

  /** Those of these payments that were recorded from here. */
  async listRecordedAmong(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboPaymentIds: readonly string[],
  ): Promise<string[]> {
    if (qboPaymentIds.length === 0) return [];
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_payment_id as id from recorded_payments
        where org_id = $1 and realm_id = $2 and qbo_payment_id = any($3)`,
      [orgId, realmId, qboPaymentIds],
    );
    return rows.map(({ id }) => id);
  }

  /** QuickBooks' own time up to which the changes of a company are known; null before it was first looked at. */
  async changesKnownUntil(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<Date | null> {
    const [row] = await tx.query<{ until: Date | null }[]>(
      prepared('select changed_since as until from qbo_sweeps where org_id = $1 and realm_id = $2'),
      [orgId, realmId],
    );
    return row?.until ?? null;
  }

  /** The refund receipts of ours that stand as far as is known, and that nobody has taken out by their own word. */
  async listReceipts(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select qbo_id as id from sync_operations
        where org_id = $1 and realm_id = $2 and kind = 'refund.create' and state = 'done' and qbo_id is not null
          and payload -> 'removed' is null
        order by id`),
      [orgId, realmId],
    );
    return rows.map(({ id }) => id);
  }

  /** The same of credit memos. */
  async listCreditMemos(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      prepared(`select qbo_credit_memo_id as id from credit_memos
        where org_id = $1 and qbo_realm_id = $2 and state <> 'deleted' and qbo_credit_memo_id is not null
        order by id`),
      [orgId, realmId],
    );
    return rows.map(({ id }) => id);
  }
}
