import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../../../platform/database/statements/prepared.js';

/** An open question about a payment that met an invoice of which less was open. */
export interface AskedPayment {
  subject: string;
  reason: string;
  /** As the invoice stands now. */
  balanceCents: number;
  currency: string;
}

/** What is asked about payments that were more than was open. Reads only. */
@Injectable()
export class AskedPaymentsRepository {
  /** The open questions about payments for these invoices, but for those that are known to be in another currency. */
  async list(tx: EntityManager, orgId: number, invoiceIds: readonly number[]): Promise<AskedPayment[]> {
    if (invoiceIds.length === 0) return [];
    return tx.query(
      prepared(`select n.subject, n.reason, i.balance_cents::float8 as "balanceCents", i.currency
         from invoices i
         join payments p on p.org_id = i.org_id and p.proposal_id = i.proposal_id
                        and p.invoice_kind = i.kind and p.invoice_sequence = i.sequence
         join inbox_items n on n.org_id = p.org_id and n.state = 'open'
                           and n.subject in ('payment.not_owed:' || p.id, 'payment.create:' || p.id)
                           and n.code in ('payment_not_owed', 'invoice_settled_already')
        where i.org_id = $1 and i.id = any($2) and i.balance_cents is not null
          and not exists (select from inbox_items f
                           where f.org_id = i.org_id and f.subject = 'invoice.currency:' || i.id and f.state = 'open')
        order by n.id`),
      [orgId, invoiceIds],
    );
  }
}
