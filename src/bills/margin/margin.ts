import type { Bill } from '../bill.js';
import { unallocatedCents } from '../bill.js';
import type { JobRevenue } from './margin.repository.js';

export interface Margin {
  proposalId: number;
  currency: string;
  revenueCents: number;
  costCents: number;
  /** What Stripe kept; null: not known, and then the margin is before it. */
  feesCents: number | null;
  marginCents: number;
  /** Of the revenue, with two decimals; null where nothing was earned. */
  marginPercent: number | null;
  /** Costs with this customer's name on them that no proposal bears. */
  unallocatedCents: number;
}

export interface MarginTotal {
  currency: string;
  revenueCents: number;
  costCents: number;
  /** Null where those of one job are not known. */
  feesCents: number | null;
  /** The sum of the margins, of which each is before its fees where they are not known. */
  marginCents: number;
  /** Every cost of the company in this currency that no proposal bears. */
  unallocatedCents: number;
}

/** What is left of a job's revenue after its costs and known fees. Costs of another currency are not its own. Pure. */
export function marginOf(job: JobRevenue, bills: readonly Bill[]): Margin {
  const lines = bills
    .filter(({ currency, deleted }) => currency === job.currency && !deleted)
    .flatMap((bill) => bill.lines);
  const costCents = lines
    .flatMap(({ allocations }) => allocations)
    .filter(({ proposalId, state }) => proposalId === job.proposalId && state === 'accepted')
    .reduce((sum, { cents }) => sum + cents, 0);
  const customers = lines.filter(({ customerId }) => customerId !== null && customerId === job.customerId);
  const marginCents = job.revenueCents - costCents - (job.feesCents ?? 0);
  return {
    proposalId: job.proposalId,
    currency: job.currency,
    revenueCents: job.revenueCents,
    costCents,
    feesCents: job.feesCents,
    marginCents,
    marginPercent: job.revenueCents > 0 ? Math.round((marginCents * 10_000) / job.revenueCents) / 100 : null,
    unallocatedCents: customers.reduce((sum, line) => sum + unallocatedCents(line), 0),
  };
}

/** One sum for each currency. */
export function marginTotals(margins: readonly Margin[], bills: readonly Bill[]): MarginTotal[] {
  const live = bills.filter(({ deleted }) => !deleted);
  const currencies = new Set([...margins, ...live].map(({ currency }) => currency));
  return [...currencies].toSorted().map((currency) => {
    const ours = margins.filter((one) => one.currency === currency);
    const sum = (of: (margin: Margin) => number): number => ours.reduce((total, one) => total + of(one), 0);
    return {
      currency,
      revenueCents: sum(({ revenueCents }) => revenueCents),
      costCents: sum(({ costCents }) => costCents),
      feesCents: ours.some(({ feesCents }) => feesCents === null) ? null : sum(({ feesCents }) => feesCents!),
      marginCents: sum(({ marginCents }) => marginCents),
      unallocatedCents: live
        .filter((bill) => bill.currency === currency)
        .flatMap(({ lines }) => lines)
        .reduce((total, line) => total + unallocatedCents(line), 0),
    };
  });
}
