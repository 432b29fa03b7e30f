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

/**
 * Each code by its rates; one that several have is shared by what stands under each, less what came off that as a
 * discount. One code alone has them all. Null where rates of one code are on different amounts, as a surtax on the
 * first so many dollars is.
 */
function partsByRate(
  netByCode: ReadonlyMap<string, number>,
  taxLines: readonly RateOfTax[],
  codes: readonly TaxCodeRates[] | null,
): TaxCodePart[] | null {
  const all = [...netByCode.keys()];
  const baseByCode = new Map<string, number>();
  const taxByCode = new Map<string, number>();
  const rates = taxLines
    .filter((line) => line.taxCents !== 0)
    .map((line) => ({
      ...line,
      owners: all.filter((code) => all.length === 1 || hasRate(code, line, codes)),
    }));
  // What one code alone is taxed on says what is left for the others of a rate that several have.
  for (const { netCents, taxCents, owners } of rates.toSorted((a, b) => a.owners.length - b.owners.length)) {
    if (owners.length === 0 || netCents <= 0) return null;
    const bases = basesOf(owners, netCents, { netByCode, baseByCode });
    if (bases === null) return null;
    sharesOf(taxCents, bases).forEach((share, index) => {
      const owner = owners[index]!;
      baseByCode.set(owner, bases[index]!);
      taxByCode.set(owner, (taxByCode.get(owner) ?? 0) + share);
    });
  }
  return [...netByCode].map(([taxCode, netCents]) => ({
    taxCode,
    netCents: baseByCode.get(taxCode) ?? netCents,
    taxCents: taxByCode.get(taxCode) ?? 0,
  }));
}

/** On what of each of its codes a rate is, by what is known of others; null where that cannot be. */
function basesOf(
  owners: readonly string[],
  netCents: number,
  known: { netByCode: ReadonlyMap<string, number>; baseByCode: ReadonlyMap<string, number> },
): number[] | null {
  const unknown = owners.filter((code) => !known.baseByCode.has(code));
  const leftCents = netCents - sumCents(owners.map((code) => known.baseByCode.get(code) ?? 0));
  if (unknown.length === 0) return leftCents === 0 ? owners.map((code) => known.baseByCode.get(code)!) : null;
  if (owners.length === 1) return [netCents];
  const nets = unknown.map((code) => known.netByCode.get(code)!);
  if (leftCents <= 0 || leftCents > sumCents(nets)) return null;
  const shares = sharesOf(leftCents, nets);
  return owners.map((code) => known.baseByCode.get(code) ?? shares[unknown.indexOf(code)]!);
}

function hasRate(code: string, { rateId }: RateOfTax, codes: readonly TaxCodeRates[] | null): boolean {
  return codes?.find(({ id }) => id === code)?.rateIds.some((id) => id === rateId) ?? false;
}

/** An amount by parts of a whole; the shares come to the amount. */
function sharesOf(cents: number, parts: readonly number[]): number[] {
  const wholeCents = sumCents(parts);
  const upTo = (count: number): number => shareOfCents(cents, sumCents(parts.slice(0, count)), wholeCents);
  return parts.map((_, index) => upTo(index + 1) - upTo(index));
}
