import { sumCents } from '../../platform/money/cents.js';
import { billId, type BorneCost, unallocatedCents } from '../bill.js';

/** What a job bears in one currency. */
export interface JobCost {
  currency: string;
  /** Accepted. */
  cents: number;
  proposedCents: number;
}

/** A part of a line that no job bears. */
export interface UnallocatedCost {
  bill: Pick<BorneCost, 'type' | 'qboId' | 'vendorName' | 'number' | 'txnOn'>;
  line: number;
  description: string | null;
  /** Of ours, whose name is on the line. */
  customerId: number | null;
  currency: string;
  cents: number;
}

/** Which bill, and of which day. */
type Placed = Pick<BorneCost, 'txnOn' | 'type' | 'qboId'>;

interface DatedCost extends JobCost {
  newest: Placed;
}

/** By currency. */
type Sums = Map<string, number>;

/**
 * The costs of bills, credits and purchases by who bears them: each line is looked at once, in whatever order. Of what
 * no job bears the newest so many are kept, and of all the sums. Pure.
 */
export class JobCosts {
  readonly currencies = new Set<string>();
  /** How many parts of lines no job bears. */
  unallocatedCount = 0;
  private kept: UnallocatedCost[] = [];
  /** What is older than this day is not among the newest; null while there are not so many. */
  private olderThan: string | null = null;
  private readonly unallocatedSums: Sums = new Map();
  private readonly sumsOfCustomers = new Map<number, Sums>();
  private readonly byJob = new Map<number, DatedCost[]>();

  constructor(private readonly listedMax: number = Infinity) {}

  /**
   * What no job bears of the books of a company that was connected before is in the sums alone: nobody can allocate it
   * while another is connected.
   */
  add(costs: readonly BorneCost[], { isFormer = false } = {}): this {
    for (const cost of costs) {
      if (cost.deleted) continue;
      const { currency, lines } = cost;
      this.currencies.add(currency);
      for (const line of lines) {
        for (const { proposalId, cents, state } of line.allocations) {
          const borne = this.costOf(proposalId, cost);
          if (state === 'accepted') borne.cents += cents;
          if (state === 'proposed') borne.proposedCents += cents;
        }
        const left = unallocatedCents(line);
        if (left !== 0) this.addUnallocated(cost, line, { cents: left, isFormer });
      }
    }
    return this;
  }

  /** One of each currency, that of the newest cost first; none where it bears nothing. */
  ofJob(proposalId: number): readonly JobCost[] {
    const costs = this.byJob.get(proposalId) ?? [];
    return costs.length < 2 ? costs : costs.toSorted((one, other) => newestFirst(one.newest, other.newest));
  }

  /** What no job bears, in cents of this currency. */
  unallocatedIn(currency: string): number {
    return this.unallocatedSums.get(currency) ?? 0;
  }

  /** The same of lines with the name of this customer of ours on them. */
  unallocatedOf(customerId: number | null, currency: string): number {
    return (customerId === null ? undefined : this.sumsOfCustomers.get(customerId)?.get(currency)) ?? 0;
  }

  /** What no job bears, the newest first: at most so many as are kept. */
  newestUnallocated(): readonly UnallocatedCost[] {
    return newestOf(this.kept, this.listedMax);
  }

  private addUnallocated(
    cost: BorneCost,
    line: BorneCost['lines'][number],
    { cents, isFormer }: { cents: number; isFormer: boolean },
  ): void {
    const { type, qboId, vendorName, number, txnOn, currency } = cost;
    const { customerId, description } = line;
    addTo(this.unallocatedSums, currency, cents);
    if (customerId !== null) addTo(this.sumsFor(customerId), currency, cents);
    if (isFormer) return;
    this.unallocatedCount += 1;
    if (this.olderThan !== null && txnOn < this.olderThan) return;
    const bill = { type, qboId, vendorName, number, txnOn };
    this.kept.push({ bill, line: line.line, description, customerId, currency, cents });
    if (this.kept.length < 2 * this.listedMax) return;
    this.kept = newestOf(this.kept, this.listedMax);
    this.olderThan = this.kept.at(-1)!.bill.txnOn;
  }

  private sumsFor(customerId: number): Sums {
    const known = this.sumsOfCustomers.get(customerId);
    if (known) return known;
    const sums: Sums = new Map();
    this.sumsOfCustomers.set(customerId, sums);
    return sums;
  }

  private costOf(proposalId: number, { currency, txnOn, type, qboId }: BorneCost): JobCost {
    const costs = this.byJob.get(proposalId);
    const known = costs?.find((one) => one.currency === currency);
    if (known) {
      if (newestFirst({ txnOn, type, qboId }, known.newest) < 0) known.newest = { txnOn, type, qboId };
      return known;
    }
    const cost = { currency, cents: 0, proposedCents: 0, newest: { txnOn, type, qboId } };
    if (costs) costs.push(cost);
    else this.byJob.set(proposalId, [cost]);
    return cost;
  }
}

function addTo(sums: Sums, currency: string, cents: number): void {
  sums.set(currency, sumCents([sums.get(currency) ?? 0, cents]));
}

/** Of one day those of the greater id. */
function newestFirst(one: Placed, other: Placed): number {
  if (one.txnOn !== other.txnOn) return one.txnOn > other.txnOn ? -1 : 1;
  if (one.type === other.type && one.qboId === other.qboId) return 0;
  return billId(one) > billId(other) ? -1 : 1;
}

function newestOf(costs: readonly UnallocatedCost[], max: number): UnallocatedCost[] {
  return costs
    .toSorted((one, other) => newestFirst(one.bill, other.bill) || one.line - other.line)
    .slice(0, max);
}
