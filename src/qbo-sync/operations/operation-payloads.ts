import type {
  CreditApplicationDraft,
  CreditMemoDraft,
  CustomerDraft,
  CustomerPatch,
  InvoiceDraft,
  ItemDraft,
  PaymentApplication,
  PaymentDraft,
  RefundDraft,
} from '../api/model/qbo-objects.js';

export interface PaymentToRecord {
  orgId: number;
  proposalId: number;
  paymentId: number;
  /** What was paid, whatever went back since. */
  amountCents: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** The calendar day of the payment in the organisation's time zone, `YYYY-MM-DD`. */
  paidOn: string;
  /** Stripe's payment intent. */
  reference: string;
}

export interface RefundToRecord {
  orgId: number;
  proposalId: number;
  paymentId: number;
  /** All that was refunded of this payment so far, not this step alone. */
  refundedCents: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** The calendar day of the newest refund in the organisation's time zone, `YYYY-MM-DD`. */
  refundedOn: string;
  /** Stripe's payment intent. */
  reference: string;
}

/** What each kind of operation sends, complete. Frozen with the first attempt: a retry never sends anything else. */
export interface OperationRequests {
  'customer.create': CustomerDraft;
  'customer.update': CustomerUpdateRequest;
  /** The record of a customer in a foreign currency: made, and changed after the CRM's. */
  'customer.currency': CurrencyCustomerDraft | CurrencyCustomerChange;
  'item.create': ItemDraft;
  'invoice.create': InvoiceDraft;
  /** The version the void was asked for; QuickBooks refuses any other. */
  'invoice.void': { id: string; syncToken: string };
  /**
   * `insistedOn`: the invoice on which a person wants it recorded, whatever is open of it. `standsCents`: what it is
   * over in QuickBooks, as it was last read; left out where that is what was sent.
   */
  'payment.create': Followed & {
    fact: PaymentToRecord;
    draft: PaymentDraft;
    insistedOn?: string;
    standsCents?: number;
  };
  /** A payment that is in QuickBooks already, put on the invoice that was made in place of its own. */
  'payment.apply': { paymentId: string; invoiceId: string; application: PaymentApplication };
  /** `confirmed`: a person was asked whether a refund was the same money, and wants the credit memo all the same. */
  'credit.create': CreditMemoDraft & Followed & { confirmed?: true };
  'credit.apply': CreditApplicationDraft;
  'refund.create': RefundPart & { draft: RefundDraft };
}

/** What QuickBooks has of a refund receipt. `heldCents`: before tax, of one that comes off what is owed. */
export interface BookedSums {
  cents: number;
  taxCents: number;
  heldCents?: number;
}

interface RefundPart extends Followed {
  fact: RefundToRecord;
  /** This step's part of all that was refunded; 0 once it was cancelled, or taken out of the books again. */
  amountCents: number;
  /** A person has decided about it, such as to enter it by hand: it is not sent any more, by no retry. */
  byPerson?: true;
  /**
   * Of what a person has decided about as its payment was not in the books: it stays out of them too, and was not
   * entered by hand.
   */
  leftOut?: boolean;
  /** What of it gives back money that was on account in QuickBooks as a person was asked about that. */
  onAccountCents?: number;
  /** A person was asked whether a credit is the same money, and wants the receipt. */
  confirmed?: true;
  /** A person was asked about money on account, and wants the receipt. */
  onAccountConfirmed?: true;
  /**
   * Of a deposit that is owed to the customer, decided with its receipt: whether it was released by then, so that the
   * receipt comes off income. Missing before the receipt, and of one from before this was kept.
   */
  ofReleased?: boolean;
  /** Of one that comes off what is owed: what of it comes off income all the same, as no more was held by then. */
  releasedCents?: number;
  /**
   * What the receipt is over in QuickBooks beyond what was sent, as it was made or as a bookkeeper has it since; left
   * out where that is nothing, null where it is not known.
   */
  overCents?: number | null;
  /**
   * Its total and tax in QuickBooks, as last read of one over what was sent, and of one that comes off what is owed
   * what stands there under its product; missing from before that was kept.
   */
  booked?: BookedSums;
}

/** Of what is done: what became of its document in QuickBooks since, as far as is known. */
interface Followed {
  /** It was deleted or voided there. */
  removed?: true;
  /** It was deleted, which is final. */
  deleted?: true;
  /** The version by which it was last heard that it is gone, or there again. */
  heardOf?: number;
  /** The customer it is with there; left out where it is as it was sent. */
  standsWith?: string;
}

export interface CustomerUpdateRequest {
  patch: CustomerPatch;
  /** What the CRM says of the customer as a whole: what it has sent once this is done. */
  sent: { displayName: string; email: string | null; phone: string | null };
  /** What the bookkeeper had changed and is overwritten, for people; null where nothing is. */
  overwrites: string | null;
}

export type CurrencyCustomerDraft = CustomerDraft & { currency: string };
export type CurrencyCustomerChange = CustomerUpdateRequest & { currency: string };

export type OperationKind = keyof OperationRequests;

/** Kinds whose caller reports a failure itself, so that it opens no inbox item. */
export const ANSWERED_DIRECTLY: ReadonlySet<OperationKind> = new Set([
  'customer.currency',
  'item.create',
  'invoice.void',
]);

/** What a blocked operation holds until its request can be prepared. */
interface BlockedPayloads {
  'customer.create': { displayName?: undefined };
  'invoice.create': { lines?: undefined };
  'credit.create': { lines?: undefined; confirmed?: true };
  'payment.create': { fact: PaymentToRecord; draft?: undefined; insistedOn?: string };
  'payment.apply': { paymentId: string; invoiceId: string; application?: undefined };
  'refund.create': RefundPart & { draft?: undefined };
}

/** The payload column of one kind: its request, or for kinds that may be blocked what the request is made from. */
export type OperationPayload<K extends OperationKind = OperationKind> = {
  [Kind in K]: OperationRequests[Kind] | (Kind extends keyof BlockedPayloads ? BlockedPayloads[Kind] : never);
}[K];
