import type { AgreedTerms } from '../../../contracts/agreed-terms.js';
import type { NamedKey } from '../../../invoices/invoice-key.js';
import type { ChargeAnswer } from '../../../payments/checkout/charges/charge-question.js';
import type { CompanyPapers } from '../../../orgs/settings/org-settings.service.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { ProposalStatus } from '../../../proposals/proposal-lifecycle.js';
import type { PageAccount } from './page-account.js';
import type { ShownChange } from './page-changes.js';

/** A payment by the payment page, in the currency of the proposal. */
export interface ShownPayment {
  key: NamedKey;
  cents: number;
  refundedCents: number;
  lostCents: number;
  at: Date;
  reference: string;
}

/** Everything the customer's page may show. */
export interface PageFacts {
  company: string;
  papers: CompanyPapers & {
    /** A picture as a `data:` address. */
    logo: string | null;
  };
  /** Where the work is done, in one line. */
  site: string | null;
  /** IANA name: the company's days and times are the ones shown. */
  timeZone: string;
  /** Whom to ask. */
  contact: string | null;
  customerId: number | null;
  customerName: string | null;
  proposal: {
    name: string;
    status: ProposalStatus;
    currency: string;
    totalCents: number;
    createdAt: Date;
    lines: readonly { description: string; quantity: number; unitPriceCents: number; amountCents: number }[];
    /** Names exactly what is shown, so that exactly this is approved. */
    version: string;
  };
  /** What the customer agrees to beside the lines; as approved, once that is done. */
  terms: AgreedTerms;
  /** What is asked for at first; null where the total is too small to be charged. */
  deposit: { percent: number; cents: number } | null;
  /** What may be charged now, or why nothing may. */
  charge: ChargeAnswer;
  /** What that is for. */
  due: { key: NamedKey; invoiceNumber: string | null; dueOn: CalendarDay | null };
  approval: { at: Date; signerName: string | null } | null;
  /** How the contract is paid; null before the approval. */
  account: PageAccount | null;
  /** In their order. */
  changes: readonly ShownChange[];
  /** Oldest first. */
  payments: readonly ShownPayment[];
  /** What of all payments is with us. */
  paidCents: number;
  /** Money of the customer is with the company and on no invoice: they may have paid in another way. */
  hasMoneyOnAccount: boolean;
  /** A payment page is open. */
  hasOpenCheckout: boolean;
  /** When this link last led to the payment page. */
  payStartedAt: Date | null;
  expiresAt: Date;
}
