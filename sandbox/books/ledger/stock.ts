import type { EntityName } from '../catalog.ts';
import { type Body, refOf, textOf } from '../json.ts';
import { keptOf, productOf } from '../money.ts';
import type { Store } from '../store.ts';
import { type StockMovement, fifoValues, rounded } from './fifo.ts';
import type { Posting } from './posting.ts';
import { type StockMove, productMoves } from './product-moves.ts';

/** Where an item says no account of its own. */
const COST_OF_GOODS_SOLD = '80';
const INVENTORY_ASSET = '81';

/** Documents that post what came in, or went back, at their own amounts. */
const BOUGHT = new Set<EntityName>(['Bill', 'Purchase', 'VendorCredit']);

/** What a document moves in and out of stock, line by line. A voided one has lines of quantity 0. */
export function stockMoves(store: Store, entity: EntityName, body: Body | undefined): StockMove[] {
  return body ? productMoves(entity, body).filter(({ item }) => isStocked(store, item)) : [];
}

function isStocked(store: Store, item: string): boolean {
  return store.find('Item', item)?.Type === 'Inventory';
}

export function assetAccountOf(item: Body | undefined): string {
  return refOf(item, 'AssetAccountRef') ?? INVENTORY_ASSET;
}

/** Home minor units of so much of an item, at what it costs to buy. */
export function costOf(store: Store, item: Body, quantity: number): number {
  const home = store.homeCurrency;
  return keptOf(productOf(quantity, item.PurchaseCost ?? 0, home), home, store.decimals);
}

/** The documents that move an item and its begin, each with what it posts to the stock account by itself. */
function movementsOf(store: Store, item: Body): (StockMovement & { posted: number; day: string })[] {
  const id = textOf(item, 'Id')!;
  const home = (document: string): number =>
    store.ledger
      .postingsOf(document)
      .filter((posting) => posting.item === id && posting.costOf === undefined)
      .reduce((sum, posting) => sum + posting.home, 0);
  const documents = [...store.stockDocuments(id)].flatMap((document) => {
    const [entity, own] = document.split('|') as [EntityName, string];
    const body = store.find(entity, own);
    const moves = stockMoves(store, entity, body).filter((move) => move.item === id);
    if (!body || moves.length === 0) return [];
    const quantity = rounded(moves.reduce((sum, move) => sum + move.quantity, 0));
    const posted = home(document);
    const counted = entity === 'InventoryAdjustment' ? costOf(store, item, quantity) : undefined;
    const value = BOUGHT.has(entity) ? posted : counted;
    return [{ document, quantity, value, posted, day: textOf(body, 'TxnDate') ?? '', order: Number(own) }];
  });
  const moved = documents.reduce((sum, { quantity }) => sum + quantity, 0);
  const begun = rounded(Number(item.QtyOnHand ?? 0) - moved);
  const document = `Item|${id}`;
  const posted = home(document);
  const isBought = (one: StockMovement): number => (one.value !== undefined && one.quantity > 0 ? 0 : 1);
  return [
    { document, quantity: begun, value: posted, posted, day: '' },
    ...documents.toSorted(
      (a, b) => a.day.localeCompare(b.day) || isBought(a) - isBought(b) || a.order - b.order,
    ),
  ];
}

/**
 * What every document of an item posts for its cost, first in, first out, beside what it posts by itself: a sale takes
 * the cost out of stock, a vendor credit the difference between the cost and the credit, an adjustment all of it,
 * against its own account. The stock account then is worth what is left, at what it cost. Empty where there is nothing
 * to post.
 */
export function costPostings(store: Store, id: string): Map<string, Posting[]> {
  const item = store.find('Item', id);
  if (!item) return new Map();
  const movements = movementsOf(store, item);
  const values = fifoValues(movements, (quantity) => costOf(store, item, quantity));
  return new Map(
    movements.map(({ document, posted }): [string, Posting[]] => {
      const [entity, own] = document.split('|') as [EntityName, string];
      const cost = (values.get(document) ?? 0) - posted;
      if (cost === 0) return [document, []];
      const named = refOf(store.find(entity, own), 'AdjustAccountRef');
      const against = named ?? refOf(item, 'ExpenseAccountRef') ?? COST_OF_GOODS_SOLD;
      const base = { currency: store.homeCurrency, costOf: id };
      return [
        document,
        [
          { ...base, account: assetAccountOf(item), amount: cost, home: cost, item: id },
          { ...base, account: against, amount: -cost, home: -cost },
        ],
      ];
    }),
  );
}

/** Stock moved by a change, per item: what its documents move now, less what they moved before. */
export function stockChanges(
  store: Store,
  changed: readonly { entity: EntityName; before: Body | undefined; after: Body | undefined }[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { entity, before, after } of changed)
    for (const [body, sign] of [
      [before, -1],
      [after, 1],
    ] as const)
      for (const { item, quantity } of stockMoves(store, entity, body))
        sums.set(item, (sums.get(item) ?? 0) + sign * quantity);
  return sums;
}
