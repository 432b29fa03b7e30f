import { zoneAt } from '../../orgs/time-zones/zone-at.js';
import { csvLine } from '../../platform/text/csv.js';
import { dayInZone } from '../../platform/time/calendar-day.js';
import type { PaymentExport, ShownEntry } from './payments.service.js';
import type { PaymentView } from './payment.dto.js';

/** Shows a payment with its refunds and disputes. */
export function paymentView(entry: ShownEntry): PaymentView {
  const { payment, refunds, disputes, balance, invoiceId, particulars } = entry;
  return {
    id: payment.id,
    proposal_id: payment.proposalId,
    proposal_name: particulars.proposalName,
    customer_id: particulars.customerId,
    customer_name: particulars.customerName,
    kind: payment.invoiceKind,
    invoice_id: invoiceId,
    invoice_number: particulars.invoiceNumber,
    amount_cents: balance.amountCents,
    refunded_cents: balance.refundedCents,
    lost_cents: balance.lostCents,
    net_cents: balance.netCents,
    currency: payment.currency,
    state: balance.state,
    paid_at: payment.paidAt.toISOString(),
    reference: particulars.reference,
    qbo_payment_id: particulars.qboPaymentId,
    refunds: refunds.map(({ id, amountCents, state, reason, madeAt }) => ({
      id,
      amount_cents: amountCents,
      state,
      reason,
      created_at: madeAt.toISOString(),
    })),
    disputes: disputes.map(({ id, amountCents, state, reason, stripeStatus, respondBy, createdAt }) => ({
      id,
      amount_cents: amountCents,
      state,
      reason,
      stripe_status: stripeStatus,
      respond_by: respondBy?.toISOString() ?? null,
      created_at: createdAt.toISOString(),
    })),
  };
}

const BEFORE = ['id', 'paid_on'] as const;
const COLUMNS = [
  'customer_id',
  'customer_name',
  'proposal_id',
  'proposal_name',
  'kind',
  'invoice_number',
  'currency',
  'amount_cents',
  'refunded_cents',
  'lost_cents',
  'net_cents',
  'state',
  'reference',
  'qbo_payment_id',
] as const satisfies readonly (keyof PaymentView)[];

export const PAYMENTS_CSV_HEAD = csvLine([...BEFORE, ...COLUMNS]);

/** A line for each payment, with its day in the time zone that the organisation had then. */
export function paymentsCsv(entries: readonly ShownEntry[], zones: Omit<PaymentExport, 'batches'>): string {
  return entries
    .map((entry) => {
      const view = paymentView(entry);
      const { paidAt } = entry.payment;
      const day = dayInZone(paidAt, zoneAt(paidAt, zones));
      return csvLine([view.id, day, ...COLUMNS.map((column) => view[column])]);
    })
    .join('');
}
