import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MAIL_CODES } from '../../messages/inbox-messages.js';
import { PROPOSAL_MAIL, REMINDER_MAIL } from './mail-subjects.js';

/** The open items of the inbox about e-mails that did not arrive. */
@Injectable()
export class UndeliveredMailRepository {
  /**
   * Which there are, and which of them are no matter any more: the invoice is settled or gone, the proposal was
   * cancelled or its customer has signed it, nobody is to write to the customer, or a reminder that went out by itself
   * would go out no more.
   */
  async listOpen(
    tx: EntityManager,
    orgId: number,
    { isReminding }: { isReminding: boolean },
  ): Promise<{ subject: string; pointless: boolean }[]> {
    return tx.query(
      `select b.subject, i.state in ('paid', 'settled_by_credit', 'voided', 'deleted') or not c.is_active
                    or r.offset_days is not null and not ($3 and c.reminders and i.reminders) as pointless
         from inbox_items b
         join invoices i on i.org_id = b.org_id and b.subject = '${REMINDER_MAIL}' || i.id
         join leads l on l.org_id = i.org_id and l.id = i.proposal_id
         join customers c on c.org_id = l.org_id and c.id = l.customer_id
         left join lateral (
           select r.offset_days from invoice_reminders r where r.org_id = i.org_id and r.invoice_id = i.id
            order by r.id desc limit 1) r on true
        where b.org_id = $1 and b.state = 'open' and b.code = any($2)
        union all
       select b.subject, l.status = 'cancelled' or not c.is_active or exists (
                select from proposal_approvals a where a.org_id = l.org_id and a.proposal_id = l.id)
         from inbox_items b
         join leads l on l.org_id = b.org_id and b.subject = '${PROPOSAL_MAIL}' || l.id
         join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where b.org_id = $1 and b.state = 'open' and b.code = any($2)
        order by 1`,
      [orgId, MAIL_CODES, isReminding],
    );
  }
}
