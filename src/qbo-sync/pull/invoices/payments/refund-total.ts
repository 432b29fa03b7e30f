import { moneyText } from '../../../../messages/format.js';
import { refundTotalDiffers } from '../../../../messages/inbox-reasons.js';

/** A refund receipt of ours: the operation that made it, and what was sent. */
export interface SentReceipt {
  operationId: string;
  qboId: string;
  proposalId: number;
  currency: string;
  cents: number;
}

/** One that QuickBooks has. */
export interface BookedReceipt extends SentReceipt {
  /** What it was over beyond what was sent when that was last kept; null where it is not known. */
  overCents: number | null;
  /** A person is asked to lower receipts of its payment, as a refund failed. */
  isToBeLowered: boolean;
}

/**
 * What a receipt is over beyond what was sent, by what it stands over now. One that is put right, or gone, is over
 * nothing else. While a person is asked to lower it, what it is lowered by is the answer, and for what it was over
 * before. Pure.
 */
export function overCentsOf(
  { cents, overCents, isToBeLowered }: Pick<BookedReceipt, 'cents' | 'overCents' | 'isToBeLowered'>,
  standsCents: number,
): number | null {
  if (standsCents === 0 || standsCents === cents) return 0;
  return isToBeLowered ? overCents : standsCents - cents;
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
