import { addDays } from '../../src/platform/time/calendar-day.js';
import type { Decision, Diary, Job } from './diary.js';
import type { Cost, CostLine, Papers } from './papers.js';

/** A part of a line, and who bears it: a job, a job that is only proposed, or nobody. */
export interface Share {
  day: string;
  currency: string;
  cents: number;
  borneBy: number | null;
  proposedTo: number | null;
  /** Whose name is on the line. */
  customerId: number | null;
}

interface Line {
  cost: Cost;
  line: CostLine;
  /** Of ours, itself or above the sub-customer on the line. */
  customerId: number | null;
  isOwn: boolean;
}

/** Points of evidence, as the accountant's table has them. */
const POINTS = { number: 80, site: 60, project: 50, customer: 40, only: 35, vendor: 25, dates: 20 };
const LISTED = 30;
const PROPOSED = 70;
const AHEAD = 20;

/**
 * Who bears each line of a cost, by the rules that a person reads: decisions first, then the job of the sub-customer,
 * then the one job of the customer, else nobody, with a proposal where the evidence is strong and alone. Every job is
 * held against every line.
 */
export function costShares(diary: Diary, papers: Papers, customers: ReadonlyMap<string, number>): Share[] {
  const vendors = new Map<string, Set<number>>();
  for (const { cost, proposalId, isAccepted } of diary.decisions) {
    const vendor = diary.vendorOf.get(cost);
    if (!isAccepted || !vendor) continue;
    vendors.set(vendor, (vendors.get(vendor) ?? new Set()).add(proposalId));
  }
  const live = { ...diary, jobs: diary.jobs.filter(({ cancelledOn }) => cancelledOn === null) };
  return papers.costs.flatMap((cost) =>
    cost.lines.flatMap((line) => {
      const customerId = ourCustomer(line.customer, papers, customers);
      const isOwn = line.customer !== null && customers.has(line.customer);
      return sharesOf(live, { cost, line, customerId, isOwn }, vendors);
    }),
  );
}

function sharesOf(diary: Diary, one: Line, vendors: ReadonlyMap<string, ReadonlySet<number>>): Share[] {
  const { cost, line, customerId } = one;
  const share = (cents: number, borneBy: number | null, proposedTo: number | null = null): Share => {
    return { day: cost.day, currency: cost.currency, cents, borneBy, proposedTo, customerId };
  };
  const decided = diary.decisions.filter(
    (decision) => decision.cost === `${cost.type}-${cost.id}` && decision.line === line.line,
  );
  const { shares, left } = withDecisions(line.cents, decided);
  const parts = shares.map(({ cents, proposalId }) => share(cents, proposalId));
  if (left === 0) return parts;
  const isFree = (proposalId: number): boolean => decided.every((other) => other.proposalId !== proposalId);
  const ofCustomer = diary.jobs.filter((job) => customerId !== null && job.customerId === customerId);
  const only = one.isOwn && ofCustomer.length === 1 ? ofCustomer[0]!.proposalId : null;
  const bearer = diary.projects.get(line.customer ?? '') ?? only;
  if (bearer !== null && isFree(bearer)) return [...parts, share(left, bearer)];
  const scores = diary.jobs
    .filter((job) => isFree(job.proposalId))
    .map((job) => ({ job, score: scoreOf(diary, job, one, vendors) }))
    .filter(({ score }) => score >= LISTED)
    .toSorted((a, b) => b.score - a.score);
  const [first, second] = scores;
  const isClear =
    first !== undefined && first.score >= PROPOSED && first.score - (second?.score ?? 0) >= AHEAD;
  return [...parts, share(left, null, isClear ? first.job.proposalId : null)];
}

/** A line that was lowered after it was decided bears no more than it has, the first decision first. */
function withDecisions(
  cents: number,
  decided: readonly Decision[],
): { shares: { cents: number; proposalId: number }[]; left: number } {
  const sign = cents < 0 ? -1 : 1;
  let left = Math.abs(cents);
  const shares = decided
    .filter(({ isAccepted }) => isAccepted)
    .map(({ proposalId, cents: wanted }) => {
      const part = Math.min(Math.max(0, sign * wanted), left);
      left -= part;
      return { proposalId, cents: sign * part };
    });
  return { shares, left: sign * left };
}

function scoreOf(
  { jobs, erased }: Diary,
  job: Job,
  { cost, line, customerId }: Line,
  vendors: ReadonlyMap<string, ReadonlySet<number>>,
): number {
  const text = line.text.toLowerCase();
  let score = 0;
  if (new RegExp(String.raw`crm-${job.proposalId}(?!\d)`).test(text)) score += POINTS.number;
  if (text.includes(job.site) && !erased.has(job.customerId)) score += POINTS.site;
  if (customerId !== null && customerId === job.customerId) {
    score += POINTS.customer;
    if (jobs.filter((other) => other.customerId === customerId).length === 1) score += POINTS.only;
  }
  if (vendors.get(cost.vendor ?? '')?.has(job.proposalId)) score += POINTS.vendor;
  const isWithin =
    cost.day >= addDays(job.approvedOn, -14) &&
    (job.completedOn === null || cost.day <= addDays(job.completedOn, 45));
  return Math.min(100, score > 0 && isWithin ? score + POINTS.dates : score);
}

function ourCustomer(
  id: string | null,
  { parents }: Papers,
  customers: ReadonlyMap<string, number>,
): number | null {
  for (let one = id; one !== null; one = parents.get(one) ?? null) {
    const ours = customers.get(one);
    if (ours !== undefined) return ours;
  }
  return null;
}
