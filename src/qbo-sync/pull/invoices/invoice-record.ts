import type { Invoice } from '../../../invoices/invoice.entity.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';

/** What QuickBooks said of one invoice, by its id there. */
export type InvoiceSnapshot =
  /** The whole of it. */
  | { invoiceId: string; deleted: false; invoice: QboInvoice }
  /** It is gone. */
  | { invoiceId: string; deleted: true };

/** What is stored of an invoice that is in QuickBooks, as far as it decides anything. */
export interface InvoiceRecord extends Pick<
  Invoice,
  | 'id'
  | 'proposalId'
  | 'generation'
  | 'number'
  | 'currency'
  | 'syncToken'
  | 'status'
  | 'state'
  | 'totalCents'
  | 'balanceCents'
  | 'paidCents'
  | 'paidOn'
  | 'paymentsIncomplete'
  | 'dueOn'
  | 'txnDate'
  | 'originalCents'
  | 'originalCustomerRef'
  | 'originalTxnDate'
  | 'transitionCount'
> {
  qboInvoiceId: string;
  /** The customer of the proposal. */
  customerId: number | null;
  /** The QuickBooks customer the invoice is made out to. */
  customerRef: string | null;
}
