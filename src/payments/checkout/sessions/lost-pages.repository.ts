import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import { liveInvoiceSql } from '../../../invoices/invoice-state.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { InvoiceInDoubt } from '../charges/proposal-charges.js';

/** The kind of the subjects below. */
export const LOST_PAGE_SUBJECT = 'stripe.session';

/** The inbox item about a payment page of Stripe that no row knows, and what it was opened for. */
export function lostPageSubjectOf(sessionId: string, { kind, sequence }: InvoiceKey): string {
  return `${LOST_PAGE_SUBJECT}:${sessionId}:${kind}:${sequence}`;
}

/** An invoice, in the connected company, that money came for by such a page, and that a person has seen to. */
export interface UnreadInvoice extends InvoiceKey {
  proposalId: number;
  qboInvoiceId: string;
  /** What they were asked. */
  subject: string;
  reason: string;
}

/** What such an item is about. One that does not say: the deposit. */
const KEY = `coalesce(nullif(split_part(q.subject, ':', 3), ''), 'deposit') as kind,
              coalesce(nullif(split_part(q.subject, ':', 4), ''), '1')::int as sequence`;

/**
 * Invoices that were not read since a person said that they had seen to such money: entered it there, it may be, and
 * the balance that is known is of before. One of a company that is not connected any more would never be read. What
 * they said last of each holds: one that could not be read is asked about again.
 */
const UNREAD = `select i.proposal_id as "proposalId", i.kind, i.sequence, i.qbo_invoice_id as "qboInvoiceId",
              q.subject, q.reason
         from (select q.proposal_id, q.closed_at, q.subject, q.reason, ${KEY} from inbox_items q
                where q.org_id = $1 and q.code = 'payment_unknown' and q.state = 'resolved'
                  and q.closed_by is not null
                  and not exists (select from inbox_items later
                                   where later.org_id = $1 and later.subject = q.subject and later.id > q.id)) q
        cross join lateral (
          select n.* from invoices n
           where n.org_id = $1 and n.proposal_id = q.proposal_id and n.kind = q.kind and n.sequence = q.sequence
             and ${liveInvoiceSql('n')}
           order by n.generation desc limit 1) i
         join qbo_tokens t on t.org_id = $1 and t.state <> 'disconnected'
                          and t.realm_id = coalesce(i.qbo_realm_id, t.realm_id)
        where i.qbo_invoice_id is not null
          and (i.last_sync_at is null or i.last_sync_at <= q.closed_at)`;

/** What is asked in the inbox about payment pages that no row knows. */
@Injectable()
export class LostPagesRepository {
  /**
   * What of a proposal money came for by such pages, until a person has seen to it and its invoice was read since; and
   * what is linked that is in another currency, while a person is asked about that.
   */
  async listInDoubt(tx: EntityManager, orgId: number, proposalId: number): Promise<InvoiceInDoubt[]> {
    return tx.query(
      prepared(`select ${KEY}, false as "isForeign" from inbox_items q
        where q.org_id = $1 and q.proposal_id = $2 and q.code = 'payment_unknown' and q.state = 'open'
       union
       select u.kind, u.sequence, false from (${UNREAD}) u where u."proposalId" = $2
       union
       select i.kind, i.sequence, true from inbox_items q
         join invoices i on i.org_id = $1 and i.proposal_id = $2 and q.subject = 'invoice.currency:' || i.id
        where q.org_id = $1 and q.proposal_id = $2 and q.code = 'total_differs' and q.state = 'open'
          and not exists (
            select from invoices n
             where n.org_id = $1 and n.proposal_id = $2 and n.kind = i.kind and n.sequence = i.sequence
               and n.generation > i.generation)`),
      [orgId, proposalId],
    );
  }

  /** The invoices of an organisation that are to be read for that. */
  async listUnread(tx: EntityManager, orgId: number): Promise<UnreadInvoice[]> {
    return tx.query(prepared(UNREAD), [orgId]);
  }

  /** The proposal that an item is about; null where it says none. */
  async proposalOf(tx: EntityManager, orgId: number, subject: string): Promise<number | null> {
    const [item] = await tx.query<{ proposalId: number | null }[]>(
      `select proposal_id as "proposalId" from inbox_items
        where org_id = $1 and subject = $2 order by id desc limit 1`,
      [orgId, subject],
    );
    return item?.proposalId ?? null;
  }
}
