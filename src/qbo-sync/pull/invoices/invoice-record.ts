import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import type { QboState, QboStatus } from './invoice-status.js';

/** What QuickBooks said of one invoice: the whole of it, or that it is gone. */
export type InvoiceSnapshot =
  { invoiceId: string; deleted: false; invoice: QboInvoice } | { invoiceId: string; deleted: true };

/** What the CRM holds of a linked invoice. */
export interface InvoiceRecord {
  proposalId: number;
  customerId: number | null;
  invoiceId: string;
  number: string | null;
  /** Of the proposal, ISO 4217. */
  currency: string;
  syncToken: number | null;
  status: QboStatus | null;
  state: QboState | null;
  totalCents: number | null;
  balanceCents: number | null;
  /** Cash alone: the sum of its payments of kind `payment`. */
  paidCents: number | null;
  /** The day of the newest cash payment of a paid invoice. */
  paidOn: CalendarDay | null;
  /** A linked payment could not be read yet. */
  paymentsOwed: boolean;
  dueOn: CalendarDay | null;
  /** The QuickBooks customer the invoice is made out to, and its date. */
  billedTo: string | null;
  txnOn: CalendarDay | null;
  /** The same, and the total, as they were when the invoice was first seen. */
  agreedCents: number | null;
  agreedBilledTo: string | null;
  agreedTxnOn: CalendarDay | null;
  transitionCount: number;
}
