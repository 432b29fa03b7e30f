import type { CreditMemoLine } from '../../../contracts/credits/credit-memo-line.entity.js';
import type { CreditApplicationDraft, CreditMemoDraft, QboInvoice } from '../../api/model/qbo-objects.js';
import type { InvoiceParts } from '../invoices/draft/invoice-draft.service.js';
import { invoiceDraftOf, markOf } from '../invoices/draft/invoice-draft.js';

/** `CRM-7-C1`, and `CRM-7-C1-2` where the first is gone from QuickBooks. At most 21 characters. */
function creditNumberOf(proposalId: number, orderNumber: number, generation: number): string {
  return `CRM-${proposalId}-C${orderNumber}${generation === 1 ? '' : `-${generation}`}`.slice(0, 21);
}

/** A credit memo over the same items, with the same tax, as the invoices it takes from. Pure. */
export function creditMemoDraftOf(
  parts: InvoiceParts,
  memo: {
    orderNumber: number;
    generation: number;
    lines: readonly Pick<CreditMemoLine, 'description' | 'amountCents'>[];
  },
  requestId: string,
): CreditMemoDraft {
  const { orderNumber, generation } = memo;
  const lines = memo.lines.map(({ description, amountCents }) => ({
    kind: 'work' as const,
    description,
    amountCents,
  }));
  const sale = invoiceDraftOf({ ...parts, kind: 'progress', sequence: 1, generation, lines, requestId });
  const { dueDate: _due, termId: _terms, billEmail: _email, ...draft } = sale;
  return { ...draft, docNumber: creditNumberOf(parts.proposalId, orderNumber, generation) };
}

/** The payment of nothing that puts an amount of a credit memo on an invoice. Pure. */
export function creditApplicationOf(
  creditMemoId: string,
  invoice: Pick<QboInvoice, 'id' | 'customerId'>,
  amountCents: number,
  facts: Pick<CreditApplicationDraft, 'txnDate' | 'currency' | 'exchangeRate'>,
  requestId: string,
): CreditApplicationDraft {
  return {
    ...facts,
    customerId: invoice.customerId,
    privateNote: markOf(requestId),
    creditMemoId,
    invoiceId: invoice.id,
    amountCents,
  };
}
