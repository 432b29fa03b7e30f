import { FACT_SEPARATOR } from '../../api/mappers/reading/invoice-facts.js';
import { LINE_SEPARATOR } from './stored-invoices.js';

/**
 * An invoice as a line of StoredInvoices. One that cannot be known by its facts has none: it was never seen, lacks
 * payments, was linked by hand and has no company yet, or holds a character that separates.
 */
export const STORED_LINE = `
  concat_ws('${FACT_SEPARATOR}', qbo_invoice_id, proposal_id,
    case when qbo_realm_id = $2 and state is not null and not payments_incomplete and qbo_customer_ref is not null
           and strpos(concat(qbo_customer_ref, number), '${LINE_SEPARATOR}') = 0
         then concat_ws('${FACT_SEPARATOR}', sync_token, total_cents, balance_cents, coalesce(due_on::text, ''),
                        coalesce(txn_date::text, ''), qbo_customer_ref, coalesce(number, '')) end)`;
