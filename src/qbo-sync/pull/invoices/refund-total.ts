import { moneyText } from '../../../messages/format.js';
import { refundTotalDiffers } from '../../../messages/inbox-reasons.js';

/** A refund receipt of ours: the operation that made it, and what was sent. */
export interface SentReceipt {
  operationId: string;
  qboId: string;
  proposalId: number;
  currency: string;
  cents: number;
}

/** The subject under which a refund receipt over another sum than was sent stands in the inbox. */
export function subjectOfRefundTotal(operationId: string): string {
  return `refund.total:${operationId}`;
}

/** That it is over this in QuickBooks, in one sentence for people. Pure. */
export function refundTotalReason(
  { cents, currency, proposalId }: Omit<SentReceipt, 'operationId' | 'qboId'>,
  inQuickBooksCents: number,
): string {
  const what = `The refund of ${moneyText(cents, currency)} for proposal ${proposalId}`;
  return refundTotalDiffers(what, { cents: inQuickBooksCents, currency });
}
