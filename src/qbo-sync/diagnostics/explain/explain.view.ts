import { sumCents } from '../../../platform/money/cents.js';
import type { CustomerExplanationFacts, OperationFacts, ProposalFacts } from './explain-facts.js';
import { excessCents } from './answers/open-matters.js';
import type { Explanation } from './explain.service.js';
import type { WhyCustomerView, WhyOperationView, WhyProposalView } from './explain.dto.js';

export function whyProposalView({ answer, nextStep, facts }: Explanation<ProposalFacts>): WhyProposalView {
  const { deposit, paidDeposit, checkout, invoice } = facts;
  return {
    answer,
    next_step: nextStep,
    facts: {
      status: facts.status,
      amount_cents: facts.amountCents,
      currency: facts.currency,
      approved_at: instant(facts.approvedAt),
      link: facts.link,
      deposit_paid_cents: paidDeposit?.paidCents ?? 0,
      deposit_refunded_cents: paidDeposit?.refundedCents ?? 0,
      deposit_lost_cents: paidDeposit?.lostCents ?? 0,
      deposit_paid_at: instant(paidDeposit?.paidAt),
      dispute_status: deposit?.dispute?.stripeStatus ?? null,
      dispute_respond_by: instant(deposit?.dispute?.respondBy),
      checkout_status: checkout?.status ?? null,
      checkout_expires_at: instant(checkout?.expiresAt),
      connection: facts.connection.state,
      invoices_from: facts.invoicesFrom,
      record_payments: facts.recordPayments,
      unbilled_cents: facts.unbilled?.cents ?? 0,
      invoice_number: invoice?.number ?? null,
      invoice_state: invoice?.state ?? null,
      invoice_total_cents: invoice?.totalCents ?? null,
      invoice_balance_cents: invoice?.balanceCents ?? null,
      invoice_paid_cents: invoice?.paidCents ?? null,
      invoice_due_on: invoice?.dueOn ?? null,
      invoice_paid_at: instant(invoice?.paidAt),
      invoice_last_sync_at: instant(invoice?.lastSyncAt),
      invoice_operation: operationView(facts.operation),
      payment_operation: operationView(facts.recording),
      inbox_code: facts.inbox?.code ?? null,
      inbox_open: facts.inboxCount,
      unfinished: facts.unfinished.map(({ kind }) => kind),
      excess_cents: excessCents(facts),
      others_open_cents: facts.othersOpen.cents,
      gone_cents: sumCents(facts.gone.map(({ netCents }) => netCents)),
    },
  };
}

export function whyCustomerView({
  answer,
  nextStep,
  facts,
}: Explanation<CustomerExplanationFacts>): WhyCustomerView {
  return {
    answer,
    next_step: nextStep,
    facts: {
      qbo_customer_id: facts.qboCustomerId,
      qbo_last_sync_at: instant(facts.lastSyncAt),
      differs: facts.differs,
      connection: facts.connection.state,
      operation: operationView(facts.operation),
      inbox_code: facts.inbox?.code ?? null,
    },
  };
}

function operationView(operation: OperationFacts | null): WhyOperationView | null {
  if (!operation) return null;
  const { state, attempts, reason, since, nextAttemptAt } = operation;
  return {
    state,
    attempts,
    reason,
    since: since.toISOString(),
    next_attempt_at: nextAttemptAt.toISOString(),
  };
}

function instant(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null;
}
