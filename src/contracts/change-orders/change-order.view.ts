import type { ChangeOrderView, CreditMemoView } from './change-order-view.dto.js';
import type { WholeChangeOrder } from './change-orders.repository.js';
import type { CreditMemo } from '../credits/credit-memo.entity.js';

/** Shows a change order. */
export function changeOrderView({ order, lines, creditMemo }: WholeChangeOrder): ChangeOrderView {
  return {
    number: order.number,
    state: order.state,
    description: order.description,
    delta_cents: order.deltaCents,
    lines: lines.map(({ description, quantity, unitPriceCents, amountCents }) => ({
      description,
      quantity,
      unit_price_cents: unitPriceCents,
      amount_cents: amountCents,
    })),
    created_at: order.createdAt.toISOString(),
    approved_at: order.approvedAt?.toISOString() ?? null,
    approved_by: order.approvedBy,
    reason: order.reason,
    credit_memo: creditMemo && creditMemoView(creditMemo),
  };
}

function creditMemoView(memo: CreditMemo): CreditMemoView {
  return {
    id: memo.id,
    number: memo.number,
    qbo_credit_memo_id: memo.qboCreditMemoId,
    amount_cents: memo.amountCents,
    total_cents: memo.totalCents,
    balance_cents: memo.balanceCents,
    state: memo.state,
  };
}
