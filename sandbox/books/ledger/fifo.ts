/** What one document does to the stock of one item. */
export interface StockMovement {
  document: string;
  /** Above zero what comes in, below zero what goes out. */
  quantity: number;
  /** Home minor units of what comes in, where the document says what it cost. */
  value: number | undefined;
}

interface Layer {
  quantity: number;
  value: number;
}

/** Quantities have at most seven decimals; adding them must not show those of floating point. */
export function rounded(quantity: number): number {
  return Math.round(quantity * 1e7) / 1e7 || 0;
}

/**
 * What each movement is worth in home minor units, first in, first out: what goes out takes the cost of what has lain
 * longest. What is sold before it is there costs what comes in next, and what never came costs `standard`. What comes
 * back costs what went out last. The values add up to what is left. Pure.
 */
export function fifoValues(
  movements: readonly StockMovement[],
  standard: (quantity: number) => number,
): Map<string, number> {
  const values = new Map<string, number>();
  const layers: Layer[] = [];
  const short: { document: string; quantity: number }[] = [];
  let last: Layer | undefined;
  const add = (document: string, value: number): void =>
    void values.set(document, (values.get(document) ?? 0) + value);

  /** Takes so much of the oldest layers; what they do not have is left over. */
  const take = (document: string, quantity: number): number => {
    let left = quantity;
    const taken = { quantity: 0, value: 0 };
    for (let layer = layers[0]; layer && left > 0; layer = layers[0]) {
      const part = Math.min(left, layer.quantity);
      const isAll = part === layer.quantity;
      const value = isAll ? layer.value : Math.round((layer.value * part) / layer.quantity);
      if (isAll) layers.shift();
      else layers[0] = { quantity: rounded(layer.quantity - part), value: layer.value - value };
      taken.quantity = rounded(taken.quantity + part);
      taken.value += value;
      left = rounded(left - part);
    }
    add(document, -taken.value);
    if (taken.quantity > 0) last = taken;
    return left;
  };
  const returned = (quantity: number): number =>
    last ? Math.round((last.value * quantity) / last.quantity) : standard(quantity);

  for (const { document, quantity, value } of movements) {
    if (quantity < 0) {
      const left = take(document, -quantity);
      if (left > 0) short.push({ document, quantity: left });
      continue;
    }
    if (quantity === 0) continue;
    const worth = value ?? returned(quantity);
    add(document, worth);
    layers.push({ quantity, value: worth });
    while (short.length > 0 && layers.length > 0) {
      const first = short[0]!;
      const left = take(first.document, first.quantity);
      if (left > 0) short[0] = { document: first.document, quantity: left };
      else short.shift();
    }
  }
  for (const { document, quantity } of short) add(document, -standard(quantity));
  return values;
}
