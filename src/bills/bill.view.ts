import { type BooksOf, quickBooksLink } from '../messages/quickbooks-links.js';
import { type Bill, billId, unallocatedCents } from './bill.js';
import type { BillView } from './bill.dto.js';
import type { BillAt } from './bills.service.js';

const PAGES = { Bill: 'bill', VendorCredit: 'vendorcredit', Purchase: 'expense' } as const;

export function billView({ bill, state, books }: BillAt): BillView {
  return {
    id: billId(bill),
    qbo_type: bill.type,
    qbo_id: bill.qboId,
    vendor_name: bill.vendorName,
    number: bill.number,
    txn_on: bill.txnOn,
    due_on: bill.dueOn,
    currency: bill.currency,
    total_cents: bill.totalCents,
    balance_cents: bill.balanceCents,
    state,
    qbo_url: billUrl(bill, books),
    lines: bill.lines.map((line) => ({
      line: line.line,
      description: line.description,
      amount_cents: line.cents,
      is_cost: line.isCost,
      unallocated_cents: unallocatedCents(line),
      customer_id: line.customerId,
      customer_name: line.party?.name ?? null,
      allocations: line.allocations.map(({ proposalId, cents, basis, state: decided }) => ({
        proposal_id: proposalId,
        amount_cents: cents,
        state: decided,
        basis,
      })),
      candidates: line.candidates.map(({ proposalId, score, evidence }) => ({
        proposal_id: proposalId,
        score,
        evidence,
      })),
    })),
  };
}

/** Its page in QuickBooks' own application. */
export function billUrl({ type, qboId }: Pick<Bill, 'type' | 'qboId'>, books: BooksOf): string {
  return quickBooksLink(books, PAGES[type], qboId);
}
