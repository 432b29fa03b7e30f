import { type EntryChange, namedKey } from '../../../contracts/schedule/entry-change.js';
import type { InvoiceKind } from '../../../invoices/invoice.entity.js';
import { type InvoiceKey, isSameKey } from '../../../invoices/invoice-key.js';
import type { PaymentBalance } from '../../../payments/ledger/payment-balance.js';
import { referenceOf } from '../../../payments/ledger/payment-reference.js';
import { sumCents } from '../../../platform/money/cents.js';
import type { PageFacts } from './page-facts.js';

interface PaymentOfPage {
  payment: {
    currency: string;
    paidAt: Date;
    stripeSessionId: string;
    stripePaymentIntentId: string | null;
    invoiceKind: InvoiceKind;
    invoiceSequence: number;
  };
  balance: PaymentBalance;
}

/** What the payments of a proposal, oldest first, come to in its own currency. Pure. */
export function paymentSummary(
  payments: readonly PaymentOfPage[],
  currency: string,
  changes: readonly EntryChange[],
): Pick<PageFacts, 'payments' | 'paidCents'> {
  const ours = payments.filter(({ payment }) => payment.currency === currency);
  return {
    payments: ours.map(({ payment, balance }) => ({
      key: namedKey({ kind: payment.invoiceKind, sequence: payment.invoiceSequence }, changes),
      cents: balance.amountCents,
      refundedCents: balance.refundedCents,
      lostCents: balance.lostCents,
      at: payment.paidAt,
      reference: referenceOf(payment),
    })),
    paidCents: sumCents(ours.map(({ balance }) => balance.netCents)),
  };
}

/** What went back of the payments for one invoice: refunded, and taken back by the customer's bank. Pure. */
export function wentBack(
  payments: PageFacts['payments'],
  key: InvoiceKey,
): { refundedCents: number; lostCents: number } {
  const ofIt = payments.filter((one) => isSameKey(one.key, key));
  return {
    refundedCents: sumCents(ofIt.map((one) => one.refundedCents)),
    lostCents: sumCents(ofIt.map((one) => one.lostCents)),
  };
}
