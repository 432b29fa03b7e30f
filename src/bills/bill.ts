import type { CalendarDay } from '../platform/time/calendar-day.js';

export const BILL_TYPES = ['Bill', 'VendorCredit', 'Purchase'] as const;
export type BillType = (typeof BILL_TYPES)[number];
export const BILL_STATES = ['open', 'partial', 'paid', 'overdue', 'deleted'] as const;
export type BillState = (typeof BILL_STATES)[number];
export type AllocationState = 'proposed' | 'accepted' | 'rejected';
/**
 * What says that a cost is of a job: the customer on the line has this one contract; a sub-customer or project of
 * QuickBooks that a person gave to it; evidence that a person has not decided about; a person.
 */
export const ALLOCATION_BASES = ['customer_ref', 'project', 'suggested', 'manual'] as const;
export type AllocationBasis = (typeof ALLOCATION_BASES)[number];

export interface BillAllocation {
  /** Null: follows from the line itself and is stored nowhere. */
  id: number | null;
  proposalId: number;
  cents: number;
  basis: AllocationBasis;
  state: AllocationState;
}

export interface BillParty {
  qboId: string;
  name: string | null;
  /** It is a customer of ours itself, and not a sub-customer or project of one. */
  isOwnCustomer: boolean;
}

export interface BillLine {
  line: number;
  description: string | null;
  /** Of a vendor's credit and of money that came back below zero. */
  cents: number;
  /** False on an account of the balance sheet that is no asset: no job bears of it what no person says. */
  isCost: boolean;
  /** Of ours: the customer on the line, or whose sub-customer or project is on it. */
  customerId: number | null;
  /** Whom the line names in QuickBooks: a customer, sub-customer or project. */
  party: BillParty | null;
  allocations: BillAllocation[];
  /** Jobs that the rest of the line may be of, the likeliest first; none where it has no rest. */
  candidates: JobCandidate[];
}

/** A job that a cost may be of, and why. */
export interface JobCandidate {
  proposalId: number;
  /** 0 to 100. */
  score: number;
  evidence: JobEvidence[];
}

export const JOB_EVIDENCE = [
  'proposal_number',
  'customer',
  'only_job',
  'project_name',
  'site_address',
  'vendor',
  'dates',
] as const;

export interface JobEvidence {
  kind: (typeof JOB_EVIDENCE)[number];
  points: number;
  /** What it was found in. */
  detail: string;
}

/** A cost of the company: a vendor's bill or credit, or money that was spent at once. */
export interface Bill {
  type: BillType;
  qboId: string;
  vendorId: string | null;
  vendorName: string | null;
  number: string | null;
  memo: string | null;
  txnOn: CalendarDay;
  dueOn: CalendarDay | null;
  currency: string;
  totalCents: number;
  balanceCents: number;
  refund: boolean;
  deleted: boolean;
  lines: BillLine[];
}

export type BillHead = Omit<Bill, 'lines'>;

/** The books that costs are in, and whose days they have. */
export interface BillBooks {
  orgId: number;
  realmId: string;
  homeCurrency: string;
  timeZone: string;
}

/** What ties a cost to one job, as the database can look for it: more than the evidence would, never less. */
export interface JobClues {
  proposalId: number;
  /** Customers, sub-customers and projects of QuickBooks on lines. */
  parties: readonly string[];
  /** Vendors of whom the job bears a cost by a person's decision. */
  vendors: readonly string[];
  /** What the texts of a cost may name the job by; null: nothing does. */
  pattern: string | null;
}

/** What of a bill says who bears it, and which it is. */
export type CostHead = Pick<
  Bill,
  | 'type'
  | 'qboId'
  | 'vendorId'
  | 'vendorName'
  | 'number'
  | 'memo'
  | 'txnOn'
  | 'currency'
  | 'refund'
  | 'deleted'
>;

/** A cost with who bears it, and not with who may. */
export interface BorneCost extends CostHead {
  lines: Omit<BillLine, 'candidates'>[];
}

/** How a cost stands on a day: what was spent at once is paid; a bill is overdue from the day after its due day. */
export function billState(
  { type, deleted, totalCents, balanceCents, dueOn }: Omit<Bill, 'lines'>,
  today: CalendarDay,
): BillState {
  if (deleted) return 'deleted';
  if (type === 'Purchase' || balanceCents <= 0) return 'paid';
  if (dueOn !== null && dueOn < today) return 'overdue';
  return balanceCents < totalCents ? 'partial' : 'open';
}

/** -1 where the document lowers the cost of a job. */
export function costSign({ type, refund }: Pick<Bill, 'type' | 'refund'>): 1 | -1 {
  return type === 'VendorCredit' || refund ? -1 : 1;
}

const ID = /^(bill|vendorcredit|purchase)-(\d{1,32})$/;

/** The id of a cost among all of them: QuickBooks numbers each type by itself. `bill-145`. */
export function billId({ type, qboId }: Pick<Bill, 'type' | 'qboId'>): string {
  return `${type.toLowerCase()}-${qboId}`;
}

/** Null for anything that is no such id. */
export function parseBillId(id: string): Pick<Bill, 'type' | 'qboId'> | null {
  const match = ID.exec(id);
  const type = BILL_TYPES.find((one) => one.toLowerCase() === match?.[1]);
  return match && type ? { type, qboId: match[2]! } : null;
}

/** What of a cost no proposal has, in the line's own sign. */
export function unallocatedCents(line: Pick<BillLine, 'cents' | 'allocations' | 'isCost'>): number {
  return line.isCost ? leftCents(line) : 0;
}

/** What of a line a person can have a proposal bear, in the line's own sign. */
export function leftCents({ cents, allocations }: Pick<BillLine, 'cents' | 'allocations'>): number {
  return allocations
    .filter(({ state }) => state === 'accepted')
    .reduce((left, allocation) => left - allocation.cents, cents);
}
