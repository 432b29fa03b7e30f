import type { Invoice } from '../../invoices/invoice.entity.js';
import { sumCents } from '../../platform/money/cents.js';

/** An invoice of a contract that stands, with the company that has it; one that names none is of any. */
type PlacedInvoice = Pick<
  Invoice,
  'id' | 'kind' | 'qboRealmId' | 'amountCents' | 'totalCents' | 'taxCents' | 'retainedCents' | 'releasedCents'
>;

/** What an invoice settles of balances in the books of another company, in cents. */
export interface HeldElsewhere {
  depositCents: number;
  retainageCents: number;
}

/**
 * What an invoice of this company releases of a deposit, or bills of retainage, beyond what the others of its contract
 * have brought onto the same books, as far as it stands in those of another company. Pure.
 */
export function heldElsewhere(
  invoice: Omit<PlacedInvoice, 'qboRealmId'>,
  realmId: string,
  others: readonly PlacedInvoice[],
): HeldElsewhere {
  const isHere = ({ qboRealmId }: PlacedInvoice) => (qboRealmId ?? realmId) === realmId;
  const here = others.filter((one) => one.id !== invoice.id && isHere(one));
  const there = others.filter((one) => !isHere(one));
  const held = (of: PlacedInvoice[]) => Math.max(0, sumCents(of.map(depositChange)));
  const withheld = (of: PlacedInvoice[]) =>
    Math.max(0, sumCents(of.map(({ retainedCents }) => retainedCents)));
  return {
    depositCents: clamp(-depositChange(invoice) - held(here), held(there)),
    retainageCents: clamp(-invoice.retainedCents - withheld(here), withheld(there)),
  };
}

function clamp(cents: number, most: number): number {
  return Math.max(0, Math.min(cents, most));
}

/** By how much an invoice changes what is held of deposits. */
function depositChange({
  kind,
  amountCents,
  totalCents,
  taxCents,
  retainedCents,
  releasedCents,
}: Omit<PlacedInvoice, 'qboRealmId'>): number {
  if (kind !== 'deposit') return 0 - releasedCents;
  const netCents = totalCents === null ? (amountCents ?? 0) : totalCents - (taxCents ?? 0);
  return netCents + retainedCents - releasedCents;
}
