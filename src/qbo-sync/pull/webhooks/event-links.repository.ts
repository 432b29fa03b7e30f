import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { HAS_OWN_MONEY } from '../invoices/own-money-sql.js';
import { inHandSql } from '../../operations/operation-state.js';

/** What of a company's news can be about us. Ask this before the links: what was made by then is among them. */
export interface EventStake {
  /** An invoice was sent to the company, and it is not written down yet what came of it. */
  isInvoiceBeingMade: boolean;
  /** Some proposal has an invoice of this company that may still change, or there is money of ours in it. */
  hasStake: boolean;
}

/** What of a company's news is any business of ours. Only reads. */
@Injectable()
export class EventLinksRepository {
  /** What of this company's news can be about us, at one moment. */
  async findStake(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<EventStake> {
    const [row] = await tx.query<[EventStake]>(
      prepared(`select exists (
           select from sync_operations
            where org_id = $1 and realm_id = $2 and kind = 'invoice.create' and first_sent_at is not null
              and ${inHandSql()}) as "isInvoiceBeingMade",
         exists (
           select from invoices
            where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id is not null
              and state is distinct from 'deleted')
         or ${HAS_OWN_MONEY} as "hasStake"`),
      [orgId, realmId],
    );
    return row;
  }

  /** Those of these credit memos that are of change orders. */
  async listOwnMemos(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    creditMemoIds: readonly string[],
  ): Promise<string[]> {
    if (creditMemoIds.length === 0) return [];
    const rows = await tx.query<{ id: string }[]>(
      `select qbo_credit_memo_id as id from credit_memos
        where org_id = $1 and qbo_realm_id = $2 and qbo_credit_memo_id = any($3)`,
      [orgId, realmId, creditMemoIds],
    );
    return rows.map(({ id }) => id);
  }

  /** The invoices that each of these payments is or was applied to, as far as we know; without an entry, none. */
  async listPaidByIds(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    paymentIds: readonly string[],
  ): Promise<Map<string, string[]>> {
    if (paymentIds.length === 0) return new Map();
    const rows = await tx.query<{ paymentId: string; invoiceIds: string[] }[]>(
      prepared(`select qbo_payment_id as "paymentId", array_agg(distinct qbo_invoice_id) as "invoiceIds"
         from invoice_payments
        where org_id = $1 and realm_id = $2 and qbo_payment_id = any($3)
        group by qbo_payment_id`),
      [orgId, realmId, paymentIds],
    );
    return new Map(rows.map((row) => [row.paymentId, row.invoiceIds]));
  }
}
