import type { EntityName } from '../catalog.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';

/** What a line adds to the stock of an item, or takes out of it. */
export interface StockMove {
  item: string;
  quantity: number;
}

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

function quantityOf(detail: Body): number {
  return Number(detail.QtyDiff ?? detail.Qty ?? 1);
}

/**
 * How much of which product a document moves, line by line, whether it is kept in stock or not. Nothing for documents
 * that move none, and for a voided one.
 */
export function productMoves(entity: EntityName, body: Body): StockMove[] {
  const [name, direction] = DIRECTIONS[entity] ?? [];
  const isVoided = body.TotalAmt === 0 && textOf(body, 'PrivateNote')?.startsWith('Voided') === true;
  if (name === undefined || direction === undefined || isVoided) return [];
  const sign = entity === 'Purchase' && body.Credit === true ? -direction : direction;
  return rowsOf(body, 'Line')
    .flatMap((line) => [line, ...rowsOf(partOf(line, 'GroupLineDetail'), 'Line')])
    .flatMap((line) => {
      const detail = partOf(line, name);
      const item = refOf(detail, 'ItemRef');
      const quantity = sign * quantityOf(detail);
      return item === undefined || quantity === 0 ? [] : [{ item, quantity }];
    });
}
