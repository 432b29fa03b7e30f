import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { InvoiceKey, NamedKey } from '../../../invoices/invoice-key.js';
import type { QboState } from '../../../invoices/invoice-state.js';
import type { DisputeStanding } from '../../../messages/dispute-steps.js';
import type { InboxCode } from '../../../messages/inbox-messages.js';
import type { FormerTimeZone } from '../../../orgs/time-zones/day-of-org-sql.js';
import type { OperationKind } from '../../operations/operation-payloads.js';
import type { OperationState } from '../../operations/operation-state.js';

/** `elsewhere`: in another environment of Intuit's than this installation speaks to. */
export type ConnectionStanding = 'never' | 'connected' | 'needs_reauth' | 'disconnected' | 'elsewhere';

export interface ConnectionFacts {
  state: ConnectionStanding;
  /** Since when it stands like this. */
  since: Date | null;
}

/** The newest operation of its kind. */
export interface OperationFacts {
  state: OperationState;
  attempts: number;
  /** Why the last attempt did not bring it; null before the first one failed. */
  reason: string | null;
  /** When it was first sent, or else requested. */
  since: Date;
  nextAttemptAt: Date;
}

export interface InboxFacts {
  code: InboxCode;
  reason: string;
  nextStep: string;
}

/** What was paid by the payment page for the invoice, or as deposit before there is one, in the proposal's currency. */
export interface DepositFacts {
  paidCents: number;
  refundedCents: number;
  /** What the customer's bank took back in disputes that were lost. */
  lostCents: number;
  /** What of it is with us. */
  netCents: number;
  /** When the last payment came. */
  paidAt: Date;
  /** While one is open or was lost; of several the one to be answered first, else the newest. */
  dispute: DisputeFacts | null;
}

/** A dispute about one of the payments, and which payment that is. */
export interface DisputeFacts extends DisputeStanding {
  /** What the bank disputes of it. */
  cents: number;
  paidCents: number;
  paidAt: Date;
  /** As Stripe calls the payment, and the customer's receipt. */
  reference: string;
  /** Whether it is all that was paid. */
  isOnlyPayment: boolean;
  /** How many more are open. */
  others: number;
}

/** What was paid as deposit, whichever invoice is explained. */
export type PaidDepositFacts = Pick<DepositFacts, 'paidCents' | 'refundedCents' | 'lostCents' | 'paidAt'>;

/** The newest payment page. */
export interface CheckoutFacts {
  status: 'open' | 'pending' | 'paid' | 'failed' | 'expired';
  amountCents: number;
  expiresAt: Date | null;
  /** When it came to this status. */
  since: Date;
  /** `payment_failed`, or why Stripe opened none. */
  error: string | null;
}

/** The invoice that is open and due first, else the newest. */
export interface InvoiceExplanationFacts {
  id: number;
  key: NamedKey;
  /** The number people know it by, or else QuickBooks' id. */
  number: string;
  /** What it is linked by, be it an id of QuickBooks or not. */
  qboId: string;
  /** Null for one that was never read. */
  state: QboState | null;
  totalCents: number;
  balanceCents: number;
  /** Money on it in QuickBooks, credits left out. */
  paidCents: number;
  /** What of it was paid by the payment page: recorded from here, or left to the bookkeeper to record. */
  recordedCents: number;
  /** What came by the payment page while the organisation recorded payments itself. */
  byHandCents: number;
  /** What came by the payment page just now: nobody has decided yet who records it. */
  undecidedCents: number;
  dueOn: CalendarDay | null;
  /** When it was seen to be paid. */
  paidAt: Date | null;
  /** The day of the newest payment or credit on it, as QuickBooks has it. */
  settledOn: CalendarDay | null;
  lastSyncAt: Date | null;
  /** When its customer was last reminded of it. */
  remindedAt: Date | null;
  /** Its company is not the one that is connected. */
  inOtherCompany: boolean;
}

/** What the customer has paid for the invoice, and QuickBooks does not show on any of theirs, in cents. */
export interface HiddenMoneyFacts {
  cents: number;
  /** What of it is of payments that were recorded, and deleted or voided in QuickBooks since. */
  removedCents: number;
  /** The first of those. */
  removedPaymentId: number | null;
}

/** An invoice that is gone from QuickBooks and was not made anew, while money that was paid for it is with us. */
export interface GoneInvoiceFacts {
  id: number;
  key: NamedKey;
  /** The number people know it by, or else QuickBooks' id. */
  number: string;
  state: 'voided' | 'deleted';
  /** What of the money is with us, and on no other invoice in QuickBooks. */
  netCents: number;
}

/** An operation that is neither done nor given up. */
export interface UnfinishedFacts extends OperationFacts {
  kind: OperationKind;
}

interface Surroundings {
  connection: ConnectionFacts;
  /** The open item to speak of first: the most severe, and of these the newest. */
  inbox: InboxFacts | null;
  /** How many are open. */
  inboxCount: number;
  /** Oldest first. */
  unfinished: readonly UnfinishedFacts[];
  now: Date;
  /** Today where the company works. */
  today: CalendarDay;
  timeZone: string;
  /** What happened in one that it had before keeps its day. */
  formerTimeZones: readonly FormerTimeZone[];
}

/** What of an approved contract is on no invoice yet. */
export interface UnbilledFacts {
  /** In cents before tax, net of the deposit that is held for it. */
  cents: number;
  /** Where `cents` is zero: the deposit that is held until the final invoice of a complete contract. Else zero. */
  heldCents: number;
  /** The same of a deposit that was income at once, and whose work that invoice bills, less the deposit, to tax it. */
  untaxedCents?: number;
  /** The entry of its schedule that is billed next; null where the schedule has none for it. */
  entryNumber: number | null;
}

export interface OpenChangeFacts {
  number: number;
  deltaCents: number;
  /** Why it cannot be approved now, with what to do first; null where it can. */
  refusal: string | null;
}

/** All that decides why a proposal is not invoiced, not paid, or is. */
export interface ProposalFacts extends Surroundings {
  id: number;
  status: 'lead' | 'draft' | 'approved' | 'cancelled';
  amountCents: number | null;
  currency: string;
  approvedAt: Date | null;
  /** Its customer, where a person keeps it out of the connected company. */
  keptOut: number | null;
  /** Its customer, where the invoice waits for a person to say whether it is one that QuickBooks has. */
  undecided: number | null;
  /** Whether its customer can see it: never had a link, has one, or has had one. */
  link: 'none' | 'live' | 'over';
  deposit: DepositFacts | null;
  /** The deposit that was approved; null before, and where the total is less than anything that can be charged. */
  depositDueCents: number | null;
  paidDeposit: PaidDepositFacts | null;
  checkout: CheckoutFacts | null;
  invoicesFrom: CalendarDay | null;
  recordPayments: boolean;
  /** Null where all of the contract is billed, or there is none. */
  unbilled: UnbilledFacts | null;
  /** Complete work that earns by the percentage and stands below 100: at how many percent; else null. */
  unearnedFromPercent: number | null;
  /** The first change order that waits for approval. */
  openChange: OpenChangeFacts | null;
  invoice: InvoiceExplanationFacts | null;
  /** Null where there is no invoice, or none of that. */
  hidden: HiddenMoneyFacts | null;
  /** What is open on invoices of the proposal beside this one. */
  othersOpen: { count: number; cents: number };
  /** Other invoices than this one that are gone and leave money with us, oldest first. */
  gone: readonly GoneInvoiceFacts[];
  /** Entries whose invoice is gone, with nothing left to bill: others bill it, or the contract has shrunk. */
  spentEntries: readonly InvoiceKey[];
  /** The creation of the invoice. */
  operation: OperationFacts | null;
  /** The recording of what was paid for the invoice, while it is not done, or not known to be on the invoice. */
  recording: OperationFacts | null;
}

/** All that decides why a customer is not in QuickBooks, or is. */
export interface CustomerExplanationFacts extends Surroundings {
  id: number;
  qboCustomerId: string | null;
  lastSyncAt: Date | null;
  inOtherCompany: boolean;
  /** A person keeps it out of the connected company. */
  excluded: boolean;
  /** It waits for a person to say whether it is one that QuickBooks has. */
  undecided: boolean;
  /** Why the CRM does nothing with it any more; null while it does. */
  resting: 'inactive' | 'erased' | null;
  /** A bookkeeper made it inactive in QuickBooks. */
  inactive: boolean;
  /** Something of it was changed here and QuickBooks does not show it. */
  differs: boolean;
  operation: OperationFacts | null;
}
