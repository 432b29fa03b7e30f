import { liveInvoiceSql } from '../../../../invoices/invoice-state.js';
import { unreadSubjectSql } from './missing/unread-invoices.js';

/**
 * Whether an invoice of a customer of ours, in the organisation $1 and the company $2, stands with this one of
 * QuickBooks, as far as is known: with whom one is that cannot be read is not. One who is inactive there was then not
 * merged into another, whose all of theirs is.
 */
export function standsWithSql(customerId: string, qboCustomerId: string): string {
  return `exists (
    select from leads sl join invoices si on si.org_id = sl.org_id and si.proposal_id = sl.id
     where sl.org_id = $1 and sl.customer_id = ${customerId} and si.qbo_realm_id = $2
       and si.qbo_customer_ref = ${qboCustomerId} and ${liveInvoiceSql('si')}
       and not exists (
         select from inbox_items sn where sn.org_id = $1 and sn.subject = ${unreadSubjectSql('si')}
            and (sn.state = 'open' or sn.closed_by is not null)))`;
}
