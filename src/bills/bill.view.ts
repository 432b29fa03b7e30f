import { billId, unallocatedCents } from './bill.js';
import type { BillView } from './bill.dto.js';
import type { BillAt } from './bills.service.js';

export function billView({ bill, state }: BillAt): BillView {
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
    lines: bill.lines.map((line) => ({
      line: line.line,
      description: line.description,
      amount_cents: line.cents,
      unallocated_cents: unallocatedCents(line),
      allocations: line.allocations.map(({ proposalId, cents, basis, state: decided }) => ({
        proposal_id: proposalId,
        amount_cents: cents,
        state: decided,
        basis,
      })),
    })),
  };
}
