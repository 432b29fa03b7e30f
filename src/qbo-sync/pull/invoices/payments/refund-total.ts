import { moneyText } from '../../../../messages/format.js';
import { refundTotalChanged, refundTotalDiffers } from '../../../../messages/reasons/refund-reasons.js';
import { sumCents } from '../../../../platform/money/cents.js';
import type { QboRefund } from '../../../api/model/qbo-objects.js';
import type { BookedSums } from '../../../operations/operation-payloads.js';

/** A refund receipt of ours: the operation that made it, and what was sent. */
export interface SentReceipt {
  operationId: string;
  paymentId: number;
  qboId: string;
  proposalId: number;
  currency: string;
  cents: number;
}

/** One that QuickBooks has. */
export interface BookedReceipt extends SentReceipt {
  /** The product of the deposit that it comes off; null where it does not, and where that was not kept. */
  heldItemId: string | null;
  /** What it was over beyond what was sent when that was last kept; null where it is not known. */
  overCents: number | null;
  /** A person is asked to lower receipts of its payment, as a refund failed. */
  isToBeLowered: boolean;
  /** A person has decided about another sum of it before. */
  isDecided: boolean;
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

/**
 * Whether a receipt that stands over this is a question of its own: somebody has changed it since it was last read.
 * Not while it is to be lowered, nor where that was said and not read yet. Where it is not known what it was over it is
 * one until a person has decided. Pure.
 */
export function isChangedReceipt(
  {
    cents,
    overCents,
    isToBeLowered,
    isDecided,
  }: Pick<BookedReceipt, 'cents' | 'overCents' | 'isToBeLowered' | 'isDecided'>,
  standsCents: number,
): boolean {
  if (isToBeLowered || cents === 0) return false;
  return overCents === null ? !isDecided && standsCents !== cents : standsCents - cents !== overCents;
}

/** What of a receipt stands under a product, before tax; null where its lines cannot be read. Pure. */
export function centsUnder(itemId: string, { itemLines }: Pick<QboRefund, 'itemLines'>): number | null {
  if (!itemLines) return null;
  return sumCents(itemLines.filter((line) => line.itemId === itemId).map(({ amountCents }) => amountCents));
}

/** What is kept of a receipt as it is read. `heldItemId`: of one that comes off a deposit that is owed. Pure. */
export function bookedOf(receipt: QboRefund, heldItemId: string | null): BookedSums {
  const heldCents = heldItemId === null ? null : centsUnder(heldItemId, receipt);
  const { totalCents: cents, taxCents } = receipt;
  return { cents, taxCents, ...(heldCents === null ? {} : { heldCents }) };
}

type NamedReceipt = Omit<SentReceipt, 'operationId' | 'paymentId' | 'qboId'>;

/** That QuickBooks made it over this, in one sentence for people. Pure. */
export function refundTotalReason(receipt: NamedReceipt, inQuickBooksCents: number): string {
  return refundTotalDiffers(nameOf(receipt), { cents: inQuickBooksCents, currency: receipt.currency });
}

/** That somebody made it this. Pure. */
export function changedRefundReason(receipt: NamedReceipt, inQuickBooksCents: number): string {
  return refundTotalChanged(nameOf(receipt), { cents: inQuickBooksCents, currency: receipt.currency });
}

function nameOf({ cents, currency, proposalId }: NamedReceipt): string {
  return `The refund of ${moneyText(cents, currency)} for proposal ${proposalId}`;
}
