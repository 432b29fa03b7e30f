import type { EntityName } from '../catalog.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { productOf } from '../money.ts';
import type { Store } from '../store.ts';
import type { Posting } from './posting.ts';

/** What a document adds to the stock of an item, or takes out of it. */
export interface StockMove {
  item: string;
  quantity: number;
}

/** Where an item says no account of its own. */
const COST_OF_GOODS_SOLD = '80';
const INVENTORY_ASSET = '81';

/** Whether a document brings into stock, 1, or takes out of it, -1, by its lines of that detail. */
const DIRECTIONS: Partial<Record<EntityName, readonly [detail: string, direction: 1 | -1]>> = {
  Invoice: ['SalesItemLineDetail', -1],
  SalesReceipt: ['SalesItemLineDetail', -1],
  CreditMemo: ['SalesItemLineDetail', 1],
  RefundReceipt: ['SalesItemLineDetail', 1],
  Bill: ['ItemBasedExpenseLineDetail', 1],
  Purchase: ['ItemBasedExpenseLineDetail', 1],
  VendorCredit: ['ItemBasedExpenseLineDetail', -1],
  InventoryAdjustment: ['ItemAdjustmentLineDetail', 1],
};

/** Quantities have at most seven decimals; adding them must not show those of floating point. */
export function rounded(quantity: number): number {
  return Math.round(quantity * 1e7) / 1e7 || 0;
}

function isStocked(store: Store, item: string | undefined): item is string {
  return store.find('Item', item)?.Type === 'Inventory';
}

function quantityOf(detail: Body): number {
  return Number(detail.QtyDiff ?? detail.Qty ?? 1);
}

/** What a document moves in and out of stock, line by line. A voided one has lines of quantity 0. */
export function stockMoves(store: Store, entity: EntityName, body: Body | undefined): StockMove[] {
  const [name, direction] = DIRECTIONS[entity] ?? [];
  const isVoided = body?.TotalAmt === 0 && textOf(body, 'PrivateNote')?.startsWith('Voided') === true;
  if (name === undefined || direction === undefined || isVoided) return [];
  const sign = entity === 'Purchase' && body?.Credit === true ? -direction : direction;
  const moves: StockMove[] = [];
  const add = (line: Body): void => {
    const detail = partOf(line, name);
    const item = refOf(detail, 'ItemRef');
    if (!isStocked(store, item)) return;
    const quantity = sign * quantityOf(detail);
    if (quantity !== 0) moves.push({ item, quantity });
  };
  for (const line of rowsOf(body, 'Line')) {
    add(line);
    for (const inner of rowsOf(partOf(line, 'GroupLineDetail'), 'Line')) add(inner);
  }
  return moves;
}

export function assetAccountOf(item: Body | undefined): string {
  return refOf(item, 'AssetAccountRef') ?? INVENTORY_ASSET;
}

/** Home minor units of so much of an item, at what it costs to buy. */
export function costOf(item: Body | undefined, quantity: number, home: string): number {
  return productOf(quantity, item?.PurchaseCost ?? 0, home);
}

/**
 * What sales and adjustments take out of the stock account, in home currency: a sale against the cost of what is
 * sold, an adjustment against its own account. What is bought is posted with its document.
 */
export function costPostings(store: Store, entity: EntityName, body: Body, home: string): Posting[] {
  if (DIRECTIONS[entity]?.[0] === 'ItemBasedExpenseLineDetail') return [];
  return stockMoves(store, entity, body).flatMap(({ item, quantity }): Posting[] => {
    const record = store.find('Item', item);
    const cost = costOf(record, quantity, home);
    if (cost === 0) return [];
    const against =
      refOf(body, 'AdjustAccountRef') ?? refOf(record, 'ExpenseAccountRef') ?? COST_OF_GOODS_SOLD;
    const base = { currency: home, amount: cost, home: cost };
    return [
      { ...base, account: assetAccountOf(record), item },
      { ...base, account: against, amount: -cost, home: -cost },
    ];
  });
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
