import { addDays, type CalendarDay } from '../platform/time/calendar-day.js';
import type { Bill, BillLine, JobCandidate, JobEvidence } from './bill.js';

/** An approved proposal as the evidence of costs is held against it. */
export interface CostJob {
  proposalId: number;
  customerId: number | null;
  currency: string;
  name: string;
  /** Where the work is done; null where nobody wrote it down. */
  site: string | null;
  approvedOn: CalendarDay;
  completedOn: CalendarDay | null;
  /** Its proposal is not cancelled. */
  isLive: boolean;
}

/** What of a cost is evidence. */
export interface CostFacts {
  bill: Pick<Bill, 'vendorId' | 'vendorName' | 'number' | 'memo' | 'txnOn' | 'currency'>;
  line: Pick<BillLine, 'description' | 'customerId' | 'party'>;
}

/** A job is proposed from this score on, and where it is so far ahead of the next. */
const PROPOSED_FROM = 70;
const AHEAD_BY = 20;
const LISTED_FROM = 30;
const LISTED_MAX = 5;
/** Materials are bought from two weeks before the approval on, and billed until six weeks after the completion. */
const DAYS_BEFORE = 14;
const DAYS_AFTER = 45;
const POINTS = {
  proposal_number: 80,
  site_address: 60,
  project_name: 50,
  customer: 40,
  only_job: 35,
  vendor: 25,
  dates: 20,
} as const;

/** Jobs by what costs name them by, so that a cost is held against few of them. Pure. */
export class CostJobs {
  private readonly byId: ReadonlyMap<number, CostJob>;
  private readonly byCustomer: ReadonlyMap<number | null, CostJob[]>;
  private readonly bySite: ReadonlyMap<string, CostJob[]>;

  constructor(
    jobs: readonly CostJob[],
    /** Jobs that bear costs of a vendor by a person's decision, by the vendor. */
    private readonly vendors: ReadonlyMap<string, ReadonlySet<number>> = new Map(),
  ) {
    const live = jobs.filter(({ isLive }) => isLive);
    this.byId = new Map(live.map((job) => [job.proposalId, job]));
    this.byCustomer = Map.groupBy(live, ({ customerId }) => customerId);
    const sites = live.flatMap((job) =>
      [...siteKeys(`${job.name} ${job.site ?? ''}`)].map((key) => ({ key, job })),
    );
    this.bySite = new Map(
      [...Map.groupBy(sites, ({ key }) => key)].map(([key, found]) => [key, found.map(({ job }) => job)]),
    );
  }

  /** The one live job of a customer; null where there is none, or more than one. */
  onlyJobOf(customerId: number | null): CostJob | null {
    const jobs = customerId === null ? [] : (this.byCustomer.get(customerId) ?? []);
    return jobs.length === 1 ? jobs[0]! : null;
  }

  /** The likeliest first. Dates alone are no evidence. */
  candidates(facts: CostFacts): JobCandidate[] {
    return [...this.named(facts)]
      .map((job) => candidateOf(job, this.evidence(job, facts)))
      .filter(({ score }) => score >= LISTED_FROM)
      .toSorted((one, other) => other.score - one.score || one.proposalId - other.proposalId)
      .slice(0, LISTED_MAX);
  }

  /** Live jobs of the cost's currency that something of it names. */
  private named({ bill, line }: CostFacts): Set<CostJob> {
    const text = textOf(bill, line);
    const jobs = [
      ...numbersIn(text).flatMap((id) => this.byId.get(id) ?? []),
      ...[...siteKeys(text)].flatMap((key) => this.bySite.get(key) ?? []),
      ...(line.customerId === null ? [] : (this.byCustomer.get(line.customerId) ?? [])),
      ...[...(this.vendors.get(bill.vendorId ?? '') ?? [])].flatMap((id) => this.byId.get(id) ?? []),
    ];
    return new Set(jobs.filter(({ currency }) => currency === bill.currency));
  }

  private evidence(job: CostJob, { bill, line }: CostFacts): JobEvidence[] {
    const found: JobEvidence[] = [];
    const add = (kind: JobEvidence['kind'], detail: string): void =>
      void found.push({ kind, points: POINTS[kind], detail });
    const text = textOf(bill, line);
    if (numbersIn(text).includes(job.proposalId)) add('proposal_number', `CRM-${job.proposalId}`);
    const site = [...siteKeys(`${job.name} ${job.site ?? ''}`)].find((key) => siteKeys(text).has(key));
    if (site !== undefined) add('site_address', site);
    if (line.customerId !== null && line.customerId === job.customerId) {
      add('customer', line.party?.name ?? '');
      if (this.onlyJobOf(job.customerId) === job) add('only_job', job.name);
    }
    const project = line.party?.isOwnCustomer ? '' : nameKey(line.party?.name?.split(':').at(-1) ?? '');
    if (project !== '' && nameKey(job.name).includes(project)) add('project_name', line.party!.name!);
    if (this.vendors.get(bill.vendorId ?? '')?.has(job.proposalId)) add('vendor', bill.vendorName ?? '');
    const isDated =
      bill.txnOn >= addDays(job.approvedOn, -DAYS_BEFORE) &&
      (job.completedOn === null || bill.txnOn <= addDays(job.completedOn, DAYS_AFTER));
    if (isDated && found.length > 0) add('dates', bill.txnOn);
    return found;
  }
}

/** The candidate to propose: far enough ahead of the next; of equal ones a person decides. Pure. */
export function proposedOf([first, second]: readonly JobCandidate[]): JobCandidate | null {
  if (!first || first.score < PROPOSED_FROM) return null;
  return first.score - (second?.score ?? 0) >= AHEAD_BY ? first : null;
}

function candidateOf({ proposalId }: CostJob, evidence: JobEvidence[]): JobCandidate {
  const points = evidence.reduce((sum, one) => sum + one.points, 0);
  return { proposalId, score: Math.min(100, points), evidence };
}

function textOf({ number, memo }: CostFacts['bill'], { description, party }: CostFacts['line']): string {
  return [number, memo, description, party?.name].filter(Boolean).join(' \n ');
}

/** Proposals named as invoices of ours are: `CRM-7`, or `CRM-7-P1`. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/\bCRM[-\s#]?(\d{1,9})\b/gi)].map(([, id]) => Number(id));
}

/** House numbers with the word after them: `12 elm`. */
function siteKeys(text: string): Set<string> {
  const found = text.normalize('NFKD').matchAll(/\b(\d{1,6}[a-z]?)\s+(?:[nsew]\.?\s+)?(\p{L}{3,})/giu);
  return new Set([...found].map(([, house, street]) => `${house} ${street}`.toLowerCase()));
}

function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
