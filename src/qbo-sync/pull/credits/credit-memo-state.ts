import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import type { Changed, QboCreditMemo } from '../../api/model/qbo-objects.js';

/** What is kept of a credit memo as QuickBooks has it. */
export type CreditMemoFacts = Pick<
  CreditMemo,
  'state' | 'number' | 'totalCents' | 'taxCents' | 'balanceCents' | 'txnDate' | 'qboSyncToken'
>;

/** A void leaves neither total nor balance. Pure. */
export function creditMemoFacts(memo: QboCreditMemo): CreditMemoFacts {
  const { docNumber: number, totalCents, taxCents, balanceCents, txnDate, syncToken } = memo;
  const state = totalCents === 0 ? 'voided' : balanceCents > 0 ? 'open' : 'used';
  return { state, number, totalCents, taxCents, balanceCents, txnDate, qboSyncToken: Number(syncToken) };
}

/** What is credited as QuickBooks has it, of which the customer signed as much. Pure. */
export function creditedBeforeTax({
  totalCents,
  taxCents,
}: Pick<CreditMemoFacts, 'totalCents' | 'taxCents'>): number {
  return (totalCents ?? 0) - (taxCents ?? 0);
}

/** What is to be written after news of it; null where it says nothing new. Pure. */
export function creditMemoAfter(
  stored: CreditMemoFacts,
  change: Changed<QboCreditMemo>,
): Partial<CreditMemoFacts> | null {
  if (stored.state === 'deleted') return null;
  if (change.deleted) return { state: 'deleted', balanceCents: 0 };
  const facts = creditMemoFacts(change.object);
  if (facts.qboSyncToken! < (stored.qboSyncToken ?? 0)) return null;
  const keys = Object.keys(facts) as (keyof CreditMemoFacts)[];
  return keys.some((key) => facts[key] !== stored[key]) ? facts : null;
}
