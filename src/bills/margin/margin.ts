import { sumCents } from '../../platform/money/cents.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { RevenuePolicy } from '../../orgs/settings/org-settings.entity.js';
import type { JobCost, JobCosts } from './job-costs.js';

/** What a job earned by its own policy, and what Stripe kept of its payments. */
export interface JobRevenue {
  proposalId: number;
  proposalName: string;
  customerId: number | null;
  customerName: string | null;
  currency: string;
  policy: RevenuePolicy;
  revenueCents: number;
  /** What Stripe kept of its payments; null where that of one is unknown, or in another currency. */
  feesCents: number | null;
  /** Its newest invoice in QuickBooks. */
  qboInvoiceId: string | null;
  /** The company of QuickBooks that has it. */
  qboRealmId: string | null;
}

/**
 * What a margin lacks: costs (their company is not connected or was never read), which of them are none (its chart of
 * accounts may not be read), foreign costs, or fees.
 */
export const MARGIN_UNKNOWN = ['costs', 'accounts', 'foreign_costs', 'fees'] as const;
export type MarginUnknown = (typeof MARGIN_UNKNOWN)[number];

export interface Margin extends JobRevenue {
  /** In the currency of the job; null: not known. */
  costCents: number | null;
  /** Costs in other currencies, which are added to nothing. */
  foreignCosts: readonly { currency: string; cents: number }[];
  /** Costs that are proposed to the job and not decided: not in its cost. */
  proposedCents: number | null;
  /** Before the fees where they are unknown; null where costs are, or some are in another currency. */
  marginCents: number | null;
  /** Of the revenue, with two decimals; null where nothing was earned, or the margin is. */
  marginPercent: number | null;
  /** Costs with this customer's name on them that no proposal bears; null: not known. */
  unallocatedCents: number | null;
  unknown: readonly MarginUnknown[];
}

export interface MarginTotal {
  currency: string;
  revenueCents: number;
  /** Null where those of one job are not known: a sum without them would be wrong. */
  costCents: number | null;
  /** Costs in this currency that jobs in another currency bear, which are in no `costCents`; null: not known. */
  foreignCostCents: number | null;
  /** Null where those of one job are not known. */
  feesCents: number | null;
  /** The sum of the margins, each before its fees where they are not known; null where that of one is. */
  marginCents: number | null;
  /** Every cost in this currency that no proposal bears, in every company that was read; null: not known. */
  unallocatedCents: number | null;
}

/** Days, both included. */
export interface MarginWindow {
  from: CalendarDay | null;
  to: CalendarDay | null;
}

/**
 * What is left of a job's revenue after its costs and known fees. `costs`: null where they are not known;
 * `lacksAccounts`: a line that costs nothing is among them, as its account is not known. Pure.
 */
export function marginOf(job: JobRevenue, costs: JobCosts | null, lacksAccounts = false): Margin {
  if (costs === null) {
    return {
      ...job,
      costCents: null,
      foreignCosts: [],
      proposedCents: null,
      marginCents: null,
      marginPercent: null,
      unallocatedCents: null,
      unknown: job.feesCents === null ? ['costs', 'fees'] : ['costs'],
    };
  }
  const borne = costs.ofJob(job.proposalId);
  const own = borne.find(({ currency }) => currency === job.currency);
  const foreignCosts = foreignOf(job, borne);
  const costCents = own?.cents ?? 0;
  const marginCents = foreignCosts.length > 0 ? null : job.revenueCents - costCents - (job.feesCents ?? 0);
  return {
    ...job,
    costCents,
    foreignCosts,
    proposedCents: own?.proposedCents ?? 0,
    marginCents,
    marginPercent:
      marginCents !== null && job.revenueCents > 0
        ? Math.round((marginCents * 10_000) / job.revenueCents) / 100
        : null,
    unallocatedCents: costs.unallocatedOf(job.customerId, job.currency),
    unknown: [
      ...(lacksAccounts && borne.length > 0 ? (['accounts'] as const) : []),
      ...(foreignCosts.length > 0 ? (['foreign_costs'] as const) : []),
      ...(job.feesCents === null ? (['fees'] as const) : []),
    ],
  };
}

/** One of each job, made anew whenever they are gone through. Of those `unread` no costs are known. Pure. */
export function marginsOf(
  jobs: readonly JobRevenue[],
  costs: JobCosts | null,
  {
    unread = new Set(),
    lacksAccounts = false,
  }: { unread?: ReadonlySet<number>; lacksAccounts?: boolean } = {},
): Iterable<Margin> {
  return {
    *[Symbol.iterator]() {
      for (const job of jobs) yield marginOf(job, unread.has(job.proposalId) ? null : costs, lacksAccounts);
    },
  };
}

/** One sum for each currency. Cost, foreign cost and what no job bears are all costs in the currency. Pure. */
export function marginTotals(margins: Iterable<Margin>, costs: JobCosts | null): MarginTotal[] {
  const totals = new Map([...(costs?.currencies ?? [])].map((one) => [one, noMargin(one, costs)]));
  const totalOf = (currency: string): MarginTotal => {
    const total = totals.get(currency) ?? noMargin(currency, costs);
    totals.set(currency, total);
    return total;
  };
  for (const margin of margins) {
    const total = totalOf(margin.currency);
    total.revenueCents = sumCents([total.revenueCents, margin.revenueCents]);
    total.costCents = sumKnown(total.costCents, margin.costCents);
    total.feesCents = sumKnown(total.feesCents, margin.feesCents);
    total.marginCents = sumKnown(total.marginCents, margin.marginCents);
    for (const { currency, cents } of margin.foreignCosts) {
      const foreign = totalOf(currency);
      foreign.foreignCostCents = sumKnown(foreign.foreignCostCents, cents);
    }
  }
  return [...totals.values()].toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}

function noMargin(currency: string, costs: JobCosts | null): MarginTotal {
  const none = costs && 0;
  return {
    currency,
    revenueCents: 0,
    costCents: none,
    foreignCostCents: none,
    feesCents: 0,
    marginCents: none,
    unallocatedCents: costs && costs.unallocatedIn(currency),
  };
}

function foreignOf({ currency }: JobRevenue, borne: readonly JobCost[]): Margin['foreignCosts'] {
  return borne
    .filter((one) => one.currency !== currency && one.cents !== 0)
    .map((one) => ({ currency: one.currency, cents: one.cents }));
}

/** Null as soon as one amount is: a sum without it would be wrong. */
function sumKnown(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : sumCents([one, other]);
}
