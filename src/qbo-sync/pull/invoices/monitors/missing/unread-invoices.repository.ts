import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { customerNameSql } from '../../../../../customers/customer-name-sql.js';
import { prepared } from '../../../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { unreadSubjectSql } from './unread-invoices.js';

/** An invoice of ours that QuickBooks answers in a way that cannot be read. */
export interface UnreadLinkedInvoice {
  id: number;
  qboInvoiceId: string;
  number: string;
  proposalId: number;
  customerId: number | null;
  customer: string | null;
  /** The version of it that was read last. */
  syncToken: number | null;
}

/**
 * The open questions about invoices of this organisation that cannot be read, `n`, each beside its invoice, `i`. Which
 * invoice is taken from the subject first: by what is computed of a row beside it none is found by its index, as that
 * could show it to another organisation.
 */
const ASKED = `
  with asked as materialized (
    select subject, split_part(subject, ':', 2)::int as id from inbox_items
     where org_id = $1 and state = 'open' and code = 'malformed' and subject like 'invoice.unread:%')
  select n.subject from asked n join invoices i on i.org_id = $1 and i.id = n.id where true`;

/** Which invoices of ours cannot be read, and which can be again. Only reads. */
@Injectable()
export class UnreadInvoicesRepository {
  /** Those of these that are of a proposal. */
  async list(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboInvoiceIds: readonly string[],
  ): Promise<UnreadLinkedInvoice[]> {
    return tx.query(
      `select i.id, i.qbo_invoice_id as "qboInvoiceId", coalesce(i.number, i.qbo_invoice_id) as number,
              i.proposal_id as "proposalId", l.customer_id as "customerId", ${customerNameSql('c')} as customer,
              i.sync_token::float8 as "syncToken"
         from invoices i
         join leads l on l.org_id = i.org_id and l.id = i.proposal_id
         left join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where i.org_id = $1 and coalesce(i.qbo_realm_id, $2) = $2 and i.qbo_invoice_id = any($3)
        order by i.id`,
      [orgId, realmId, qboInvoiceIds],
    );
  }

  /** The subjects of those a person is asked about that stand for no invoice any more, or of which more was read. */
  async listOver(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<string[]> {
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`${ASKED}
          and (i.qbo_invoice_id is null or i.state = 'deleted'
               or coalesce(i.qbo_realm_id, $2) = $2 and n.subject <> ${unreadSubjectSql('i')})`),
      [orgId, realmId],
    );
    return rows.map(({ subject }) => subject);
  }

  /** The subjects of those among these invoices of QuickBooks. */
  async listAsked(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    qboInvoiceIds: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`${ASKED}
          and coalesce(i.qbo_realm_id, $2) = $2 and i.qbo_invoice_id = any($3)`),
      [orgId, realmId, qboInvoiceIds],
    );
    return rows.map(({ subject }) => subject);
  }
}
