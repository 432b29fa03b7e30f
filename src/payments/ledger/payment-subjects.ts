/** Subject of the inbox item about money that was paid for a proposal that is not approved. */
export function unapprovedSubjectOf(proposalId: number): string {
  return `proposal.unapproved:${proposalId}`;
}

/** Subject of the inbox item about a payment that was recorded in QuickBooks and removed there. */
export function removedSubjectOf(paymentId: number): string {
  return `payment.removed:${paymentId}`;
}

/**
 * Subject of the inbox item about a payment on an invoice in whose place another one is linked: that one by QuickBooks'
 * id; without where none is.
 */
export function otherInvoiceSubjectOf(paymentId: number, linkedId?: string): string {
  return ['payment.other_invoice', paymentId, ...(linkedId === undefined ? [] : [linkedId])].join(':');
}

/** Subject of the inbox item about refund receipts whose payment was removed in QuickBooks. */
export function withoutPaymentSubjectOf(paymentId: number): string {
  return `refund.without_payment:${paymentId}`;
}

/** Subject of the inbox item about refund receipts that were removed in QuickBooks, and their payment was not. */
export function receiptRemovedSubjectOf(paymentId: number): string {
  return `refund.removed:${paymentId}`;
}

/** Subject of the inbox item about a payment of more than was owed. */
export function notOwedSubjectOf(paymentId: number): string {
  return `payment.not_owed:${paymentId}`;
}

/** Subject of the inbox item about a refund that did not reach the customer. */
export function failedRefundSubjectOf(refundId: number): string {
  return `refund:${refundId}`;
}
