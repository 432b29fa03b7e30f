import type { JobCandidate } from '../bill.js';
import {
  BIT,
  type CostClues,
  type CostFacts,
  type CostJob,
  detailOf,
  KINDS,
  knownJobs,
  type KnownJob,
  meets,
  jobNameKey,
  NOTHING,
  numbersIn,
  POINTS,
  SCORES,
  siteKeys,
  costText,
} from './job-evidence.js';

/** A job is proposed from this score on, and where it is so far ahead of the next. */
const PROPOSED_FROM = 70;
const AHEAD_BY = 20;
const LISTED_FROM = 30;
const LISTED_MAX = 5;
/** What a job comes to at most that nothing but its customer, who has others, and the day speak for. */
const BY_CUSTOMER_MAX = POINTS.customer + POINTS.dates;
/** A candidate without what speaks for it. */
export type ScoredJob = Pick<JobCandidate, 'proposalId' | 'score'>;

/** Jobs by what costs name them by, so that a cost is held against few of them. Pure. */
export class CostJobs {
  private readonly byId: ReadonlyMap<number, KnownJob>;
  private readonly byCustomer: ReadonlyMap<number | null, KnownJob[]>;
  private readonly bySite: ReadonlyMap<string, KnownJob[]>;

  constructor(
    jobs: readonly CostJob[],
    /** Jobs that bear costs of a vendor by a person's decision, by the vendor. */
    private readonly vendors: ReadonlyMap<string, ReadonlySet<number>> = new Map(),
  ) {
    const live = knownJobs(jobs.filter(({ isLive }) => isLive));
    this.byId = new Map(live.map((one) => [one.job.proposalId, one]));
    this.byCustomer = Map.groupBy(live, ({ job }) => job.customerId);
    const bySite = new Map<string, KnownJob[]>();
    for (const one of live) {
      for (const key of one.sites) {
        const found = bySite.get(key);
        if (found) found.push(one);
        else bySite.set(key, [one]);
      }
    }
    this.bySite = bySite;
  }

  /** The one live job of a customer; null where there is none, or more than one. */
  onlyJobOf(customerId: number | null): CostJob | null {
    const jobs = customerId === null ? [] : (this.byCustomer.get(customerId) ?? []);
    return jobs.length === 1 ? jobs[0]!.job : null;
  }

  /** The likeliest first. Dates alone are no evidence. */
  candidates(facts: CostFacts): JobCandidate[] {
    const clues = this.cluesOf(facts);
    return this.ranked(facts, clues, clues.vendorJobs).map(({ known, mask }) => ({
      proposalId: known.job.proposalId,
      score: SCORES[mask]!,
      evidence: KINDS.filter((kind) => mask & BIT[kind]).map((kind) => ({
        kind,
        points: POINTS[kind],
        detail: detailOf(kind, known, facts, clues),
      })),
    }));
  }

  /**
   * As many of the candidates as decide which one is proposed, without their evidence. A job that only the vendor
   * speaks for is never proposed, nor near enough to one that is: of a vendor's jobs, which are many, only those that
   * the project on the line has the name of are looked at.
   */
  contenders(facts: CostFacts): ScoredJob[] {
    const clues = this.cluesOf(facts);
    const { project, vendorJobs } = clues;
    const isNamed = (id: number): boolean => this.byId.get(id)?.jobNameKey.includes(project) ?? false;
    const ofVendor = project === '' ? NOTHING : [...vendorJobs].filter(isNamed);
    const named = this.named(clues, ofVendor);
    const best = this.rankNamed(named, facts, clues);
    if (!this.isSettled(best, facts, clues)) this.rankCustomers(best, named, facts, clues);
    return best.map(({ known, mask }) => ({ proposalId: known.job.proposalId, score: SCORES[mask]! }));
  }

  private ranked(facts: CostFacts, clues: CostClues, ofVendor: Iterable<number>): Ranked[] {
    const named = this.named(clues, ofVendor);
    const best = this.rankNamed(named, facts, clues);
    this.rankCustomers(best, named, facts, clues);
    return best;
  }

  private rankNamed(named: ReadonlySet<KnownJob>, facts: CostFacts, clues: CostClues): Ranked[] {
    const best: Ranked[] = [];
    for (const known of named) rank(best, { known, mask: this.evidence(known, facts, clues) });
    return best;
  }

  /** Takes the other jobs of the customer among the best. */
  private rankCustomers(
    best: Ranked[],
    named: ReadonlySet<KnownJob>,
    facts: CostFacts,
    clues: CostClues,
  ): void {
    const { customerId } = facts.line;
    for (const known of customerId === null ? [] : (this.byCustomer.get(customerId) ?? [])) {
      if (named.has(known)) continue;
      rank(best, { known, mask: this.evidence(known, facts, clues) });
    }
  }

  /** The customer's other jobs are too unlikely to be proposed, and too far behind to be in the way of one that is. */
  private isSettled(named: readonly Ranked[], { line }: CostFacts, clues: CostClues): boolean {
    if (clues.project !== '' || clues.vendorJobs.size > 0) return false;
    if (this.onlyJobOf(line.customerId) !== null) return false;
    const scores = named.map(({ mask }) => SCORES[mask]!);
    return scores.every((score) => score < PROPOSED_FROM || score >= BY_CUSTOMER_MAX + AHEAD_BY);
  }

  private cluesOf({ bill, line }: CostFacts): CostClues {
    const text = costText(bill, line);
    return {
      numbers: numbersIn(text),
      sites: siteKeys(text),
      project: line.party?.isOwnCustomer ? '' : jobNameKey(line.party?.name?.split(':').at(-1) ?? ''),
      vendorJobs: this.vendors.get(bill.vendorId ?? '') ?? NOTHING,
    };
  }

  /** Live jobs that something of the cost names, but for its customer's. */
  private named({ numbers, sites }: CostClues, ofVendor: Iterable<number>): ReadonlySet<KnownJob> {
    if (numbers.size === 0 && sites.size === 0 && ofVendor === NOTHING) return NOTHING;
    const named = new Set<KnownJob>();
    const add = (known: KnownJob | undefined): void => {
      if (known) named.add(known);
    };
    for (const id of numbers) add(this.byId.get(id));
    for (const key of sites) this.bySite.get(key)?.forEach(add);
    for (const id of ofVendor) add(this.byId.get(id));
    return named;
  }

  /** A mask of the kinds of evidence. */
  private evidence(known: KnownJob, { bill, line }: CostFacts, clues: CostClues): number {
    const { job } = known;
    let mask = 0;
    if (clues.numbers.has(job.proposalId)) mask |= BIT.proposal_number;
    if (meets(clues.sites, known.sites)) mask |= BIT.site_address;
    if (line.customerId !== null && line.customerId === job.customerId) {
      mask |= BIT.customer;
      if (this.byCustomer.get(job.customerId)!.length === 1) mask |= BIT.only_job;
    }
    if (clues.project !== '' && known.jobNameKey.includes(clues.project)) mask |= BIT.project_name;
    if (clues.vendorJobs.has(job.proposalId)) mask |= BIT.vendor;
    const isDated = bill.txnOn >= known.datedFrom && (known.datedTo === null || bill.txnOn <= known.datedTo);
    return isDated && mask !== 0 ? mask | BIT.dates : mask;
  }
}

interface Ranked {
  known: KnownJob;
  mask: number;
}

/** Takes a job among the best, the higher score first, of equal ones the older proposal; leaves out who is too low. */
function rank(best: Ranked[], one: Ranked): void {
  const score = SCORES[one.mask]!;
  if (score < LISTED_FROM) return;
  let place = best.length;
  while (place > 0 && isBefore(one, best[place - 1]!)) place -= 1;
  if (place === LISTED_MAX) return;
  best.splice(place, 0, one);
  if (best.length > LISTED_MAX) best.pop();
}

function isBefore(one: Ranked, other: Ranked): boolean {
  const ahead = SCORES[one.mask]! - SCORES[other.mask]!;
  return ahead > 0 || (ahead === 0 && one.known.job.proposalId < other.known.job.proposalId);
}

/** The candidate to propose: far enough ahead of the next; of equal ones a person decides. Pure. */
export function proposedOf([first, second]: readonly ScoredJob[]): ScoredJob | null {
  if (!first || first.score < PROPOSED_FROM) return null;
  return first.score - (second?.score ?? 0) >= AHEAD_BY ? first : null;
}
