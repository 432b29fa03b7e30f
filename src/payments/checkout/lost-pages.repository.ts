import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { InvoiceKey } from '../../invoices/invoice-key.js';
import { prepared } from '../../platform/database/prepared.js';

/** The inbox item about a payment page of Stripe that no row knows, and what it was opened for. */
export function lostPageSubjectOf(sessionId: string, { kind, sequence }: InvoiceKey): string {
  return `stripe.session:${sessionId}:${kind}:${sequence}`;
}

/** What is asked in the inbox about payment pages that no row knows. */
@Injectable()
export class LostPagesRepository {
  /** What of a proposal money came for by such pages, while a person is asked. One that does not say: the deposit. */
  async listInDoubt(tx: EntityManager, orgId: number, proposalId: number): Promise<InvoiceKey[]> {
    return tx.query(
      prepared(`select distinct coalesce(nullif(split_part(subject, ':', 3), ''), 'deposit') as kind,
              coalesce(nullif(split_part(subject, ':', 4), ''), '1')::int as sequence
         from inbox_items
        where org_id = $1 and proposal_id = $2 and code = 'payment_unknown' and state = 'open'`),
      [orgId, proposalId],
    );
  }
}
