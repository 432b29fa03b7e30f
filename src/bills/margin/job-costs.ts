import { type Bill, unallocatedCents } from '../bill.js';

/** What a job bears in one currency. */
export interface JobCost {
  currency: string;
  /** Accepted. */
  cents: number;
  proposedCents: number;
}

/** A part of a line that no job bears. */
export interface UnallocatedCost {
  bill: Pick<Bill, 'type' | 'qboId' | 'vendorName' | 'number' | 'txnOn'>;
  line: number;
  description: string | null;
  /** Of ours, whose name is on the line. */
  customerId: number | null;
  currency: string;
  cents: number;
}

/** The costs of bills, credits and purchases by who bears them: each line is looked at once. Pure. */
export class JobCosts {
  readonly unallocated: UnallocatedCost[] = [];
  readonly currencies = new Set<string>();
  private readonly byJob = new Map<number, JobCost[]>();
  private readonly byCustomer = new Map<number, UnallocatedCost[]>();

  add(bills: readonly Bill[]): this {
    for (const bill of bills) {
      if (bill.deleted) continue;
      const { currency, lines } = bill;
      this.currencies.add(currency);
      for (const { allocations } of lines) {
        for (const { proposalId, cents, state } of allocations) {
          const cost = this.costOf(proposalId, currency);
          if (state === 'accepted') cost.cents += cents;
          if (state === 'proposed') cost.proposedCents += cents;
        }
      }
      for (const cost of unallocatedOf(bill)) this.addUnallocated(cost);
    }
    return this;
  }

  /** One of each currency; none where it bears nothing. */
  ofJob(proposalId: number): readonly JobCost[] {
    return this.byJob.get(proposalId) ?? [];
  }

  /** Of lines with the name of a customer of ours on them. */
  unallocatedOf(customerId: number | null): readonly UnallocatedCost[] {
    return customerId === null ? [] : (this.byCustomer.get(customerId) ?? []);
  }

  private addUnallocated(cost: UnallocatedCost): void {
    this.unallocated.push(cost);
    if (cost.customerId === null) return;
    const own = this.byCustomer.get(cost.customerId);
    if (own) own.push(cost);
    else this.byCustomer.set(cost.customerId, [cost]);
  }

  private costOf(proposalId: number, currency: string): JobCost {
    const costs = this.byJob.get(proposalId) ?? [];
    this.byJob.set(proposalId, costs);
    const known = costs.find((one) => one.currency === currency);
    if (known) return known;
    const cost = { currency, cents: 0, proposedCents: 0 };
    costs.push(cost);
    return cost;
  }
}

function unallocatedOf(bill: Bill): UnallocatedCost[] {
  const { type, qboId, vendorName, number, txnOn, currency } = bill;
  return bill.lines.flatMap((line) => {
    const cents = unallocatedCents(line);
    if (cents === 0) return [];
    const { line: place, description, customerId } = line;
    const head = { type, qboId, vendorName, number, txnOn };
    return [{ bill: head, line: place, description, customerId, currency, cents }];
  });
}
