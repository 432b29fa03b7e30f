import type { ListedInvoice } from '../invoices/invoice-list.repository.js';
import { invoiceDetailView } from '../invoices/invoice.view.js';
import { changeOrderView } from './change-orders/change-order.view.js';
import type { WholeChangeOrder } from './change-orders/change-orders.repository.js';
import type { ContractEntryView, ContractView } from './contract.dto.js';
import type { ContractStatus } from './contract-record.js';
import type { PlannedEntry } from './schedule/entry-plan.js';

/** Shows a contract. */
export function contractView(
  { contract, isComplete, standing, plannedEntries }: ContractStatus,
  orders: readonly WholeChangeOrder[],
  invoices: readonly ListedInvoice[],
): ContractView {
  return {
    proposal_id: contract.proposalId,
    version: contract.version,
    currency: contract.currency,
    deposit_mode: contract.depositMode,
    revenue_policy: contract.revenuePolicy,
    deposit_percent: contract.depositPercent,
    retainage_percent: contract.retainagePercent,
    tax_mode: contract.taxMode,
    tax_percent: contract.taxPercent,
    terms_days: contract.termsDays,
    value_cents: contract.valueCents,
    billed_cents: standing.billedCents,
    remaining_cents: standing.remainingCents,
    deposit_held_cents: standing.depositHeldCents,
    retained_cents: standing.retainedCents,
    state: contract.cancelledAt !== null ? 'cancelled' : isComplete ? 'completed' : 'active',
    completed_on: contract.completedOn,
    entries: plannedEntries.map((entry) => entryView(entry, contract.depositPercent, orders)),
    change_orders: orders.map(changeOrderView),
    invoices: invoices.map(invoiceDetailView),
  };
}

function entryView(
  entry: PlannedEntry,
  depositPercent: number,
  orders: readonly WholeChangeOrder[],
): ContractEntryView {
  const billed = orders.find(({ order }) => order.id === entry.changeOrderId);
  return {
    number: entry.number,
    kind: entry.kind,
    percent: entry.kind === 'deposit' ? depositPercent : entry.percent,
    amount_cents: entry.plannedCents,
    milestone: entry.milestone,
    trigger_on: entry.triggerOn,
    change_order: billed?.order.number ?? null,
    state: entry.state,
    invoice_id: entry.state === 'invoiced' ? entry.invoice!.id : null,
  };
}
