import { shareOfCents, sumCents } from '../platform/money/cents.js';

/** What of an invoice, or of a refund, stands under a tax code that taxes it. Before tax, and its tax. */
export interface TaxCodePart {
  taxCode: string;
  netCents: number;
  taxCents: number;
}

/** What QuickBooks counts as tax by one rate, and on what. */
export interface RateOfTax {
  rateId: string | null;
  netCents: number;
  taxCents: number;
}

/** The rates of a tax code on what is sold. */
export interface TaxCodeRates {
  id: string;
  rateIds: readonly string[];
}

/** A code of companies in the US: what is under it is not taxed. */
const NOT_TAXED = 'NON';

/**
 * What of an invoice stands under each tax code that taxes it, by its lines and by what QuickBooks counted on what: a
 * bookkeeper can give a line another code. Where as much stands under one code as under another, or a discount came off
 * what is taxed, by the rates of the codes. Null where that does not say which code comes to which tax. Pure.
 */
export function partsByCode(
  lines: readonly { taxCode: string | null; amountCents: number }[],
  taxLines: readonly RateOfTax[],
  codes: readonly TaxCodeRates[] | null = null,
): TaxCodePart[] | null {
  const netByCode = new Map<string, number>();
  for (const { taxCode, amountCents } of lines) {
    if (taxCode === null) return null;
    if (taxCode !== NOT_TAXED) netByCode.set(taxCode, (netByCode.get(taxCode) ?? 0) + amountCents);
  }
  const parts = partsByAmount(netByCode, taxLines) ?? partsByRate(netByCode, taxLines, codes);
  return parts && parts.filter((part) => part.taxCents > 0 && part.netCents > 0);
}

/** Each code by what stands under it. */
function partsByAmount(
  netByCode: ReadonlyMap<string, number>,
  taxLines: readonly RateOfTax[],
): TaxCodePart[] | null {
  if (new Set(netByCode.values()).size < netByCode.size) return null;
  const parts = [...netByCode].map(([taxCode, netCents]) => {
    const own = taxLines.filter((line) => line.netCents === netCents);
    return { taxCode, netCents, taxCents: sumCents(own.map(({ taxCents }) => taxCents)) };
  });
  const taxCents = sumCents(taxLines.map((line) => line.taxCents));
  return sumCents(parts.map((part) => part.taxCents)) === taxCents ? parts : null;
}

/** Each code by its rates; one that several have is shared by what stands under each. One code alone has them all. */
function partsByRate(
  netByCode: ReadonlyMap<string, number>,
  taxLines: readonly RateOfTax[],
  codes: readonly TaxCodeRates[] | null,
): TaxCodePart[] | null {
  const parts = new Map([...netByCode].map(([taxCode, netCents]) => [taxCode, { netCents, taxCents: 0 }]));
  const all = [...netByCode.keys()];
  for (const { rateId, netCents, taxCents } of taxLines) {
    const has = (code: string): boolean =>
      all.length === 1 || codes?.find(({ id }) => id === code)?.rateIds.includes(rateId ?? '') === true;
    const owners = all
      .filter(has)
      .map((code) => ({ part: parts.get(code)!, netCents: netByCode.get(code)! }));
    const wholeCents = sumCents(owners.map((owner) => owner.netCents));
    if (owners.length === 0 || (owners.length > 1 && wholeCents !== netCents)) return null;
    let upToCents = 0;
    const upTo = (): number => (wholeCents === 0 ? 0 : shareOfCents(taxCents, upToCents, wholeCents));
    for (const { part, netCents: ownCents } of owners) {
      const before = upTo();
      upToCents += ownCents;
      part.taxCents += owners.length === 1 ? taxCents : upTo() - before;
      if (owners.length === 1) part.netCents = netCents;
    }
  }
  return [...parts].map(([taxCode, part]) => ({ taxCode, ...part }));
}
