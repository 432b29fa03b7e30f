import { type CostFacts, costText, houseOf, numbersIn, siteKeys } from './job-evidence.js';

/** What of some costs a job can be found by. */
export interface NamedJobs {
  /** Proposals whose numbers the texts have. */
  numbers: ReadonlySet<number>;
  /** House numbers in the texts, as site keys have them. */
  houses: ReadonlySet<string>;
  /** Customers of ours on the lines. */
  customers: ReadonlySet<number>;
  vendors: ReadonlySet<string>;
}

/** What these costs name jobs by: no job that is found by none of it can be of any of them. Pure. */
export function namedJobsOf(costs: readonly CostFacts[]): NamedJobs {
  const numbers = new Set<number>();
  const houses = new Set<string>();
  const customers = new Set<number>();
  const vendors = new Set<string>();
  for (const { bill, line } of costs) {
    const text = costText(bill, line);
    for (const number of numbersIn(text)) numbers.add(number);
    for (const key of siteKeys(text)) houses.add(houseOf(key));
    if (line.customerId !== null) customers.add(line.customerId);
    if (bill.vendorId !== null) vendors.add(bill.vendorId);
  }
  return { numbers, houses, customers, vendors };
}
