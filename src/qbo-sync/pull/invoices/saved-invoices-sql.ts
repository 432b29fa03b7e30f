import { arrayText } from '../../../platform/database/statements/array-text.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { HomeValues } from './home-values.js';
import type { InvoiceRecord } from './invoice-record.js';
import { copyToLeads } from './lead-columns-sql.js';

/** What is saved of an invoice. */
type SavedRow = InvoiceRecord & HomeValues;

/** The types in which it travels, a list of each. */
const SAVED = {
  id: 'int',
  number: 'text',
  syncToken: 'bigint',
  status: 'text',
  state: 'text',
  totalCents: 'bigint',
  balanceCents: 'bigint',
  paidCents: 'bigint',
  dueOn: 'date',
  paidOn: 'date',
  paymentsIncomplete: 'boolean',
  customerRef: 'text',
  txnDate: 'date',
  originalCents: 'bigint',
  originalCustomerRef: 'text',
  originalTxnDate: 'date',
  transitionCount: 'int',
  taxCents: 'bigint',
  exchangeRate: 'numeric',
  homeTotalCents: 'bigint',
} as const satisfies Partial<Record<keyof SavedRow, string>>;
const SAVED_FIELDS = Object.keys(SAVED) as (keyof typeof SAVED)[];
const FIRST_LIST = 4;

/** Parameters: the organisation, the instant, the company, and `savedLists`. */
export const SAVE_INVOICES = prepared(
  copyToLeads(`
    update invoices i
       set qbo_realm_id = $3, number = new."number", sync_token = new."syncToken", status = new."status",
           state = new."state", total_cents = new."totalCents", balance_cents = new."balanceCents",
           paid_cents = new."paidCents", due_on = new."dueOn", paid_on = new."paidOn",
           payments_incomplete = new."paymentsIncomplete", qbo_customer_ref = new."customerRef",
           txn_date = new."txnDate", original_cents = new."originalCents",
           original_customer_ref = new."originalCustomerRef", original_txn_date = new."originalTxnDate",
           transition_count = new."transitionCount", last_sync_at = $2, updated_at = $2,
           tax_cents = coalesce(new."taxCents", i.tax_cents),
           exchange_rate = coalesce(new."exchangeRate", i.exchange_rate),
           home_total_cents = case when new."exchangeRate" is null then i.home_total_cents
                                   else new."homeTotalCents" end
      from unnest(${SAVED_FIELDS.map((field, place) => `$${FIRST_LIST + place}::${SAVED[field]}[]`).join(', ')})
             as new(${SAVED_FIELDS.map((field) => `"${field}"`).join(', ')})
     where i.org_id = $1 and i.id = new."id"`),
);

/** Of each field the values of all rows, in the order of the parameters. */
export function savedLists(rows: readonly SavedRow[]): string[] {
  return SAVED_FIELDS.map((field) => arrayText(rows, (row) => row[field]));
}
