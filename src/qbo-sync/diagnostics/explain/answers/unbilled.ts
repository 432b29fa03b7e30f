import type { PlannedEntry } from '../../../../contracts/schedule/entry-plan.js';
import type { ContractStanding } from '../../../../contracts/billing/contract-standing.js';
import type { InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { UnbilledFacts } from '../explain-facts.js';

/** A contract, as far as decides what is left to bill of it. */
interface BilledContract {
  isComplete: boolean;
  standing: Pick<ContractStanding, 'depositCents' | 'remainingCents' | 'retainedCents' | 'depositHeldCents'>;
  plannedEntries: readonly Pick<PlannedEntry, 'number' | 'kind' | 'state' | 'plannedCents'>[];
}

/**
 * What is left to bill of a contract, and which entry is next. Where the deposit covers all of it, the final invoice is
 * over nothing and is wanted all the same once the work is complete: it makes the deposit revenue, or taxes its work.
 * Null where nothing is left. Pure.
 */
export function unbilledOf({ isComplete, standing, plannedEntries }: BilledContract): UnbilledFacts | null {
  const heldCents = standing.depositHeldCents;
  const cents = Math.max(standing.remainingCents + standing.retainedCents - heldCents, 0);
  const next = plannedEntries.find(
    ({ state, plannedCents }) => plannedCents > 0 && (state === 'ready' || state === 'pending'),
  );
  if (cents > 0) return { cents, heldCents: 0, entryNumber: next?.number ?? null };
  const final = plannedEntries.find(({ kind, state }) => kind === 'final' && state === 'ready');
  if (!final || !isComplete) return null;
  const left = { cents: 0, heldCents: Math.max(heldCents, 0), entryNumber: final.number };
  if (standing.remainingCents <= 0) return { ...left, untaxedCents: standing.depositCents };
  return heldCents > 0 ? left : null;
}

/** Entries that were billed by an invoice that is gone, and would bill nothing now. Pure. */
export function spentEntries({
  plannedEntries,
}: {
  plannedEntries: readonly Pick<PlannedEntry, 'kind' | 'sequence' | 'state' | 'invoice'>[];
}): InvoiceKey[] {
  return plannedEntries
    .filter(({ invoice, state }) => invoice !== null && (state === 'pending' || state === 'void'))
    .map(({ kind, sequence }) => ({ kind, sequence }));
}
