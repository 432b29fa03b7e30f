import type { RefundReceipt } from '../../contracts/settlement/refund-receipts.js';
import type { Application, SettledInvoice } from '../../contracts/settlement/settlements.js';
import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import type { DepositMode, RevenuePolicy } from '../../orgs/settings/org-settings.entity.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

/** An invoice that stands in QuickBooks. */
export interface InvoiceFact extends SettledInvoice {
  /** Withheld; negative where it bills what was withheld. */
  retainedCents: number;
}

/** What settles a part of an invoice: money, or a credit. */
export interface ApplicationFact extends Application {
  /** The Stripe payment it brings into the books; null where it was entered by hand. */
  paymentId: number | null;
  /** When a credit was used, which is not the day of its memo; null for money, and where QuickBooks did not say. */
  usedOn: CalendarDay | null;
}

/** A credit memo of a change order, used on an invoice or not. */
export interface MemoFact {
  id: number;
  on: CalendarDay;
  totalCents: number;
  taxCents: number;
  /** What its change order credits, before tax: a bookkeeper may have raised or lowered it since. */
  askedCents: number;
}

/** A payment by Stripe that the bookkeeper does not enter by hand. */
export interface PaymentFact {
  id: number;
  on: CalendarDay;
  cents: number;
  /**
   * What of it counts elsewhere: on invoices of other contracts, where a bookkeeper has put it, or as money that one
   * has entered in its place.
   */
  elsewhereCents: number;
  /** What of that was entered in its place, on the invoice that it was for. */
  enteredAgainCents: number;
}

/** Money that went back: refunded, or lost in a dispute. */
export interface ReturnFact {
  id: number;
  kind: 'refund' | 'dispute';
  paymentId: number;
  /** What the payment was for. */
  invoiceKind: InvoiceKind;
  /** The invoice of that which stands, else the newest; null where there is none. */
  invoiceId: number | null;
  on: CalendarDay;
  cents: number;
}

/** What of a payment's refunds, or of its lost disputes, does not come off. */
export interface PartOfReturns {
  paymentId: number;
  cents: number;
}

/** Everything the accounting of one contract follows from. Days are those of the organisation. */
export interface ContractFacts {
  contractId: number;
  proposalId: number;
  currency: string;
  policy: RevenuePolicy;
  depositMode: DepositMode;
  /** QuickBooks counts the tax of a refund receipt by itself, from what was taxed; else the receipt says it. */
  isTaxCountedThere: boolean;
  /** As approved, without change orders. */
  valueCents: number;
  /**
   * Approved change orders, each with its day. A credit memo that carries one out is no further reduction, and neither
   * is a refund that gave back what one takes away, before tax.
   */
  changes: readonly { number: number; on: CalendarDay; cents: number; givenBackCents: number }[];
  completedOn: CalendarDay | null;
  cancelledOn: CalendarDay | null;
  memos: readonly MemoFact[];
  invoices: readonly InvoiceFact[];
  applications: readonly ApplicationFact[];
  payments: readonly PaymentFact[];
  returns: readonly ReturnFact[];
  /** What pays out credits that are on no invoice: those have lowered income already. */
  payouts: readonly PartOfReturns[];
  /** What stays out of the books, as its payment does. */
  leftOut: readonly PartOfReturns[];
  /** What of lost disputes nobody owed, of payments that the bookkeeper enters: it never counted as received. */
  lossesNotOwed: readonly PartOfReturns[];
  /** In the order in which they were made. */
  receipts: readonly RefundReceipt[];
  /** Refunds that came to nothing: a receipt of one may be in the books still. */
  failedRefunds: readonly { id: number; paymentId: number; cents: number }[];
  /** Milestones that were reached, with the share of the value that each earns. */
  milestones: readonly { sequence: number; on: CalendarDay; cents: number }[];
  /** Percentages done, cumulative, by month. */
  progress: readonly { month: string; percent: number }[];
}
