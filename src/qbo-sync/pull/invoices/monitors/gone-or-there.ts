import type { Changed, QboPayment, QboRefund } from '../../../api/model/qbo-objects.js';

/** Of a payment or a refund receipt that QuickBooks told of: whether it was deleted or voided there. */
export interface GoneOrThere {
  id: string;
  isGone: boolean;
  /** It was deleted, which is final for its id: whatever else is told of it was read before that. */
  isDeleted: boolean;
  /** The version that says so; null of one that is deleted, and where it is not known. */
  version: number | null;
}

/** What a change tells of that: what is voided is over nothing, and what a list only left out may come back. Pure. */
export function goneOrThere(
  change: Changed<Pick<QboPayment | QboRefund, 'totalCents' | 'syncToken'>>,
): GoneOrThere {
  const { id } = change;
  if (change.deleted) return { id, isGone: true, isDeleted: change.isGuessed !== true, version: null };
  const { totalCents, syncToken } = change.object;
  return { id, isGone: totalCents === 0, isDeleted: false, version: Number(syncToken) };
}
