import type { LedgerEntry } from './ledger.repository.js';
import type { PaymentView } from './payment.dto.js';

/** Shows a payment with its refunds and disputes. */
export function paymentView({ payment, refunds, disputes, balance, invoiceId }: LedgerEntry): PaymentView {
  return {
    id: payment.id,
    proposal_id: payment.proposalId,
    invoice_id: invoiceId,
    amount_cents: balance.amountCents,
    refunded_cents: balance.refundedCents,
    lost_cents: balance.lostCents,
    net_cents: balance.netCents,
    currency: payment.currency,
    state: balance.state,
    paid_at: payment.paidAt.toISOString(),
    refunds: refunds.map(({ id, amountCents, state, madeAt }) => ({
      id,
      amount_cents: amountCents,
      state,
      created_at: madeAt.toISOString(),
    })),
    disputes: disputes.map(({ id, amountCents, state, createdAt }) => ({
      id,
      amount_cents: amountCents,
      state,
      created_at: createdAt.toISOString(),
    })),
  };
}
