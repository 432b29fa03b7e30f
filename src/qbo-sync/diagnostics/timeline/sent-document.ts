import type { ActivityFact, OperationFact } from './timeline-facts.js';

/** The ids under which a document went to QuickBooks and was answered. */
export interface SentDocument {
  requestId: string;
  intuitTid: string | null;
}

/** The key by which an entry of the activity log meets the operation that made its document; empty where none did. */
export function documentKeyOfActivity({ event, meta }: ActivityFact): string {
  switch (event) {
    case 'invoice_created':
      return `invoice.create:${String(meta.qbo_invoice_id)}`;
    case 'invoice_voided':
      return `invoice.void:${String(meta.qbo_invoice_id)}`;
    case 'payment_recorded':
      return `payment.create:${String(meta.qbo_payment_id)}`;
    case 'payment_applied':
      return `payment.apply:${String(meta.qbo_payment_id)}`;
    case 'refund_recorded':
      return `refund.create:${String(meta.qbo_refund_id)}`;
    case 'credit_memo_created':
      return `credit.create:${String(meta.qbo_credit_memo_id)}`;
    case 'credit_memo_applied':
      return `credit.apply:${String(meta.qbo_payment_id)}`;
    default:
      return '';
  }
}

export function documentKeyOfOperation({ kind, qboId }: OperationFact): string {
  return `${kind}:${qboId}`;
}

export function sentDocumentOf({ requestId, attempts }: OperationFact): SentDocument {
  return { requestId, intuitTid: attempts.find(({ outcome }) => outcome === 'done')?.intuitTid ?? null };
}

/** The documents of operations that are done, by their keys. */
export function sentDocuments(operations: readonly OperationFact[]): Map<string, SentDocument> {
  const done = operations.filter(({ qboId }) => qboId !== null);
  return new Map(done.map((operation) => [documentKeyOfOperation(operation), sentDocumentOf(operation)]));
}
