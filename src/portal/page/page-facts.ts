import type { ChargeAnswer } from '../../payments/checkout/charge-question.js';
import type { ProposalStatus } from '../../proposals/proposal-lifecycle.js';

/** Everything the customer's page may show. */
export interface PageFacts {
  company: string;
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
  /** What is asked for; null where the total is too small to be charged. */
  deposit: { percent: number; cents: number } | null;
  /** What may be charged now, or why nothing may. */
  charge: ChargeAnswer;
  approval: { at: Date; signerName: string | null } | null;
  /** The newest payment, and what of all payments is with us. */
  payment: { cents: number; refundedCents: number; lostCents: number; at: Date; reference: string } | null;
  paidCents: number;
  checkout: 'open' | 'pending' | null;
  /** When this link last led to the payment page. */
  payStartedAt: Date | null;
  invoice: { number: string | null; state: string | null } | null;
  expiresAt: Date;
}
