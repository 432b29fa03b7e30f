/** What the product says, and what it should. */
export interface Difference {
  law: string;
  of: string;
  product: unknown;
  expected: unknown;
}

export function equal(of: string, product: unknown, expected: unknown): Difference[] {
  return JSON.stringify(product) === JSON.stringify(expected) ? [] : [{ law: '', of, product, expected }];
}

export function compare(
  of: string,
  product: ReadonlyMap<string, unknown>,
  expected: ReadonlyMap<string, unknown>,
): Difference[] {
  return [...new Set([...product.keys(), ...expected.keys()])].flatMap((key) =>
    equal(`${of} of ${key}`, product.get(key) ?? 0, expected.get(key) ?? 0),
  );
}

export function add(sums: Map<string, number>, key: string, cents: number): void {
  sums.set(key, (sums.get(key) ?? 0) + cents);
}

export function nonZero(found: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...found].filter(([, cents]) => cents !== 0));
}
