const GONE_MIN = 5;
const GONE_MAX_PERCENT = 20;

/** True when so many of a company's linked invoices are gone that nobody will have deleted them one by one. */
export function isMassDeletion(goneCount: number, linkedCount: number): boolean {
  return goneCount >= GONE_MIN && goneCount * 100 > linkedCount * GONE_MAX_PERCENT;
}
