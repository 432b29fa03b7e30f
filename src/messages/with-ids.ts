/** What a message is about. */
export interface AboutIds {
  proposalId?: number | null;
  customerId?: number | null;
  paymentId?: number | null;
  invoiceId?: number | null;
  /** Of the change order among those of its proposal. */
  changeOrderNumber?: number | null;
}

/** The message with the ids of what it is about in the routes that it names; one that is not known stays open. Pure. */
export function withIds(
  message: string,
  { proposalId, customerId, paymentId, invoiceId, changeOrderNumber }: AboutIds,
): string {
  return message
    .replaceAll('{proposal_id}', `${proposalId ?? '{proposal_id}'}`)
    .replaceAll('{customer_id}', `${customerId ?? '{customer_id}'}`)
    .replaceAll('{payment_id}', `${paymentId ?? '{payment_id}'}`)
    .replaceAll('{invoice_id}', `${invoiceId ?? '{invoice_id}'}`)
    .replaceAll('{number}', `${changeOrderNumber ?? '{number}'}`);
}
