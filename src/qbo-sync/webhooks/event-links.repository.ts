import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../client/qbo-company.js';

/** Which of a company's invoices are any business of ours. Only reads. */
@Injectable()
export class EventLinksRepository {
  /** Those of these invoices that are linked to a proposal and may still change. */
  async listLinked(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    invoiceIds: readonly string[],
  ): Promise<string[]> {
    if (invoiceIds.length === 0) return [];
    const rows = await tx.query<{ id: string }[]>(
      `select distinct qbo_invoice_id as id from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id = any($3)
          and qbo_state is distinct from 'deleted'`,
      [orgId, realmId, invoiceIds],
    );
    return rows.map((row) => row.id);
  }

  /** True where some proposal is linked to an invoice of this company that may still change. */
  async hasLinked(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from leads
        where org_id = $1 and coalesce(qbo_realm_id, $2) = $2 and qbo_invoice_id is not null
          and qbo_state is distinct from 'deleted'
        limit 1`,
      [orgId, realmId],
    );
    return rows.length > 0;
  }

  /**
   * True while an invoice was sent to this company and it is not written down yet what came of it. Ask this before the
   * links: whatever was written down by then is among them.
   */
  async isInvoiceBeingMade(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from sync_operations
        where org_id = $1 and realm_id = $2 and kind = 'invoice.create' and first_sent_at is not null
          and state in ('ready', 'sent', 'uncertain')
        limit 1`,
      [orgId, realmId],
    );
    return rows.length > 0;
  }
}
