import { moneyText } from '../../../messages/format.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';

/** What a payment's operation is about, as the inbox and the log say it. */
export function paymentOperationTitle({ payload }: OutboundOperation<'payment.create'>): string {
  const { fact } = payload;
  return `The payment of ${moneyText(fact.amountCents, fact.currency)} for proposal ${fact.proposalId}`;
}
