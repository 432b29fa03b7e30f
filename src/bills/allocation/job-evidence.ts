import { addDays, type CalendarDay } from '../../platform/time/calendar-day.js';
import type { Bill, BillLine, JobEvidence } from '../bill.js';

/** An approved proposal as the evidence of costs is held against it. */
export interface CostJob {
  proposalId: number;
  customerId: number | null;
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
  bill: Pick<Bill, 'vendorId' | 'vendorName' | 'number' | 'memo' | 'txnOn'>;
  line: Pick<BillLine, 'description' | 'customerId' | 'party'>;
}

/** Materials are bought from two weeks before the approval on, and billed until 45 days after the completion. */
const DAYS_BEFORE = 14;
const DAYS_AFTER = 45;
export const POINTS = {
  proposal_number: 80,
  site_address: 60,
  project_name: 50,
  customer: 40,
  only_job: 35,
  vendor: 25,
  dates: 20,
} as const;

/** In the order in which evidence is listed; the bit of a kind in a mask is its place. */
export const KINDS = [
  'proposal_number',
  'site_address',
  'customer',
  'only_job',
  'project_name',
  'vendor',
  'dates',
] as const satisfies readonly JobEvidence['kind'][];
const bit = (kind: (typeof KINDS)[number]): number => 1 << KINDS.indexOf(kind);
export const BIT = {
  proposal_number: bit('proposal_number'),
  site_address: bit('site_address'),
  customer: bit('customer'),
  only_job: bit('only_job'),
  project_name: bit('project_name'),
  vendor: bit('vendor'),
  dates: bit('dates'),
};
export const SCORES: readonly number[] = Array.from({ length: 1 << KINDS.length }, (_, mask) =>
  Math.min(
    100,
    KINDS.reduce((sum, kind) => (mask & BIT[kind] ? sum + POINTS[kind] : sum), 0),
  ),
);

/** A job with what of it is held against each cost. */
export class KnownJob {
  readonly sites: readonly string[];
  private nameKey: string | undefined;

  constructor(
    readonly job: CostJob,
    readonly datedFrom: CalendarDay,
    /** Null while the work is not done. */
    readonly datedTo: CalendarDay | null,
  ) {
    this.sites = [...siteKeys(`${job.name} ${job.site ?? ''}`)];
  }

  /** Made when a project is first held against it. */
  get jobNameKey(): string {
    this.nameKey ??= jobNameKey(this.job.name);
    return this.nameKey;
  }
}

/** What of a cost is held against each job. */
export interface CostClues {
  numbers: ReadonlySet<number>;
  sites: ReadonlySet<string>;
  /** The name of the sub-customer or project on the line; empty where there is none. */
  project: string;
  vendorJobs: ReadonlySet<number>;
}

export const NOTHING: ReadonlySet<never> = new Set();

/** Many jobs have the same days, and to reckon with one takes longer than to remember it. */
export function knownJobs(jobs: readonly CostJob[]): KnownJob[] {
  const before = remembered((day) => addDays(day, -DAYS_BEFORE));
  const after = remembered((day) => addDays(day, DAYS_AFTER));
  return jobs.map(
    (job) => new KnownJob(job, before(job.approvedOn), job.completedOn && after(job.completedOn)),
  );
}

function remembered(dayOf: (day: CalendarDay) => CalendarDay): (day: CalendarDay) => CalendarDay {
  const known = new Map<CalendarDay, CalendarDay>();
  return (day) => {
    const found = known.get(day) ?? dayOf(day);
    known.set(day, found);
    return found;
  };
}

/** What a piece of evidence was found in. */
export function detailOf(
  kind: JobEvidence['kind'],
  { job, sites }: KnownJob,
  { bill, line }: CostFacts,
  clues: CostClues,
): string {
  switch (kind) {
    case 'proposal_number':
      return `CRM-${job.proposalId}`;
    case 'site_address':
      return sites.find((key) => clues.sites.has(key)) ?? '';
    case 'only_job':
      return job.name;
    case 'customer':
    case 'project_name':
      return line.party?.name ?? '';
    case 'vendor':
      return bill.vendorName ?? '';
    case 'dates':
      return bill.txnOn;
    default:
      throw kind satisfies never;
  }
}

/** Whether one of the values is in the set. */
export function meets<T>(set: ReadonlySet<T>, values: readonly T[]): boolean {
  return set.size > 0 && values.some((value) => set.has(value));
}

export function costText(
  { number, memo }: CostFacts['bill'],
  { description, party }: CostFacts['line'],
): string {
  return [number, memo, description, party?.name].filter(Boolean).join(' \n ');
}

/** Proposals named as invoices of ours are: `CRM-7`, or `CRM-7-P1`. */
export function numbersIn(text: string): ReadonlySet<number> {
  if (!/crm/i.test(text)) return NOTHING;
  return new Set([...text.matchAll(/\bCRM[-\s#]?(\d{1,9})\b/gi)].map(([, id]) => Number(id)));
}

/** A regular expression of PostgreSQL that finds whatever text may name a job by its number or its site, and more. */
export function sitePattern({ proposalId, name, site }: CostJob): string {
  const number = String.raw`\mCRM[-\s#]?${proposalId}\M`;
  const houses = new Set([...siteKeys(`${name} ${site ?? ''}`)].map(houseOf));
  return houses.size === 0 ? number : `${number}|${housesPattern(houses)}`;
}

/**
 * A regular expression of PostgreSQL that finds every composed text with a site of one of these houses, and more: what
 * is a space to PostgreSQL is less than what parts words here.
 */
export function housesPattern(houses: ReadonlySet<string>): string {
  return `(^|[^0-9a-z_])(${[...houses].join('|')})[^0-9a-z]`;
}

export function houseOf(siteKey: string): string {
  return siteKey.slice(0, siteKey.indexOf(' '));
}

/** House numbers with the word after them: `12 elm`. */
export function siteKeys(text: string): ReadonlySet<string> {
  if (!/\p{Nd}/u.test(text)) return NOTHING;
  const found = text.normalize('NFKD').matchAll(/\b(\d{1,6}[a-z]?)\s+(?:[nsew]\.?\s+)?(\p{L}{3,})/giu);
  return new Set([...found].map(([, house, street]) => `${house} ${street}`.toLowerCase()));
}

export function jobNameKey(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
