/** However small the budget is: more than the bookkeepers of a large company ask for by hand. */
const READS_A_DAY_MIN = 2_000;
const DAYS_FOR_THE_BUDGET = 250;

/** How many metered reads people of one organisation may ask for in a day: an eighth of the budget in a month. Pure. */
export function readsADay(budgetPerMonth: number): number {
  return Math.max(READS_A_DAY_MIN, Math.floor(budgetPerMonth / DAYS_FOR_THE_BUDGET));
}
