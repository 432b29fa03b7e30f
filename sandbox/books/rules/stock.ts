import type { EntityName } from '../catalog.ts';
import { badEnum, badReference, beforeStockStart, businessRule, required } from '../fault.ts';
import type { Company } from '../company.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { ACCOUNT, accountNamed } from '../ledger/accounts.ts';
import type { Posting } from '../ledger/posting.ts';
import { productMoves } from '../ledger/product-moves.ts';
import { rounded } from '../ledger/fifo.ts';
import { assetAccountOf, costOf } from '../ledger/stock.ts';
import { dated, requireFields } from './lined.ts';
import type { RuleContext, Rules } from './rule-context.ts';

/** Whatever is bought for stock needs its three accounts and a start. */
export function checkInventory(draft: Body): void {
  for (const field of ['AssetAccountRef', 'ExpenseAccountRef', 'QtyOnHand', 'InvStartDate']) {
    if (draft[field] === undefined) throw required(field);
  }
  if (draft.TrackQtyOnHand !== true) throw businessRule('An inventory item must track its quantity on hand.');
}

/** Refuses (6270) a document that moves an item before the day from which its stock is counted. */
export function checkStockStart({ store }: Company, entity: EntityName, document: Body): void {
  const day = textOf(document, 'TxnDate');
  const early = productMoves(entity, document).some(({ item: id }) => {
    const item = store.find('Item', id);
    return item?.Type === 'Inventory' && day !== undefined && day < (textOf(item, 'InvStartDate') ?? '');
  });
  if (early) throw beforeStockStart();
}

/** What so much of an item is worth in stock, against another account. */
function openingPostings(
  { homeCurrency: currency, store }: Company,
  item: Body,
  quantity: number,
  against: string,
): Posting[] {
  const cost = costOf(store, item, quantity);
  if (cost === 0) return [];
  return [
    { account: assetAccountOf(item), amount: cost, currency, home: cost, item: textOf(item, 'Id')! },
    { account: against, amount: -cost, currency, home: -cost },
  ];
}

/** Sets what is on hand of an item now, as if it had begun with what makes that true. */
export function setOnHand({ unit, company }: RuleContext, id: string, quantity: number): void {
  const item = unit.get('Item', id);
  const { ledger } = company.store;
  const moved = Number(item.QtyOnHand ?? 0) - quantity;
  const begun = ledger.postingsOf(`Item|${id}`);
  unit.annotate('Item', { ...item, QtyOnHand: quantity });
  unit.postOpening(`Item|${id}`, [
    ...begun,
    ...openingPostings(company, item, rounded(-moved), ACCOUNT.openingBalanceEquity),
  ]);
}

/**
 * Books what an item begins with against Opening Balance Equity, and a later change of its quantity by hand
 * against Inventory Shrinkage where there is such an account.
 */
export function bookStock(context: RuleContext, after: Body, before: Body | undefined): void {
  if (after.Type !== 'Inventory') return;
  const { store } = context.company;
  const document = `Item|${textOf(after, 'Id')}`;
  const known = before ? store.ledger.postingsOf(document) : [];
  const difference = rounded(Number(after.QtyOnHand ?? 0) - Number(before?.QtyOnHand ?? 0));
  if (difference === 0) return;
  const shrinkage = textOf(accountNamed(store, 'Inventory Shrinkage'), 'Id');
  const against = before ? (shrinkage ?? ACCOUNT.openingBalanceEquity) : ACCOUNT.openingBalanceEquity;
  context.unit.postOpening(document, [
    ...known,
    ...openingPostings(context.company, after, difference, against),
  ]);
}

function adjustedLine(context: RuleContext, line: Body, index: number): Body {
  if (line.DetailType !== 'ItemAdjustmentLineDetail')
    throw badEnum('DetailType', textOf(line, 'DetailType') ?? '');
  const detail = partOf(line, 'ItemAdjustmentLineDetail');
  const id = refOf(detail, 'ItemRef');
  if (id === undefined) throw required('ItemAdjustmentLineDetail.ItemRef');
  const item = context.company.store.find('Item', id);
  if (item?.Type !== 'Inventory') throw badReference('Items', id, 'ItemRef');
  if (detail.QtyDiff === undefined && detail.NewQty === undefined)
    throw required('ItemAdjustmentLineDetail.QtyDiff');
  const { NewQty, ...rest } = detail;
  const QtyDiff = detail.QtyDiff ?? rounded(Number(NewQty) - Number(item.QtyOnHand ?? 0));
  const number = index + 1;
  return { ...line, Id: String(number), LineNum: number, ItemAdjustmentLineDetail: { ...rest, QtyDiff } };
}

/** Stock counted by hand: each line moves an item's quantity, its cost goes to the account named. */
export const inventoryAdjustmentRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'AdjustAccountRef');
    const lines = rowsOf(draft, 'Line');
    if (lines.length === 0) throw required('Line');
    return {
      ...dated(context, draft, before),
      Line: lines.map((line, index) => adjustedLine(context, line, index)),
    };
  },
};
