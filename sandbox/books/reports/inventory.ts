import { type Body, textOf } from '../json.ts';
import { rounded } from '../ledger/fifo.ts';
import { stockMoves } from '../ledger/stock.ts';
import { nameShown, type Store } from '../store.ts';
import { type ReportedDocument, inOrder, reportedDocument } from './ledger-lines.ts';
import { numberOf } from './listings.ts';
import {
  type Cell,
  type Report,
  type Row,
  cell,
  column,
  dataRow,
  money,
  moneyColumn,
  section,
} from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

/** One document's effect on the stock of an item: its quantity, and what it changed the stock account by. */
interface StockEntry {
  line: ReportedDocument;
  quantity: number;
  /** Home minor units. */
  value: number;
}

/** What moved an item's stock, in the order of the days; what it began with stands first. */
function entriesOf(store: Store, item: Body): StockEntry[] {
  const id = textOf(item, 'Id')!;
  const valueOf = (document: string): number =>
    store.ledger.postingsOf(document).reduce((sum, one) => sum + (one.item === id ? one.home : 0), 0);
  const moved = [...store.stockDocuments(id)].flatMap((document): StockEntry[] => {
    const line = reportedDocument(store, document);
    const moves = stockMoves(store, line.entity, line.body).filter((move) => move.item === id);
    if (moves.length === 0) return [];
    const quantity = rounded(moves.reduce((sum, move) => sum + move.quantity, 0));
    return [{ line, quantity, value: valueOf(document) }];
  });
  const document = `Item|${id}`;
  const quantity = rounded(Number(item.QtyOnHand ?? 0) - moved.reduce((sum, one) => sum + one.quantity, 0));
  const begun = { line: reportedDocument(store, document), quantity, value: valueOf(document) };
  const sorted = moved.toSorted((a, b) => inOrder(a.line, b.line));
  return begun.quantity === 0 && begun.value === 0 ? sorted : [begun, ...sorted];
}

interface Stock {
  item: Body;
  entries: StockEntry[];
  quantity: number;
  value: number;
}

/** The stock of every item at the end of a day, by the ledger. */
function stockOn({ company }: ReportRequest, day: string): Stock[] {
  const items = company.store.all('Item').filter(({ Type }) => Type === 'Inventory');
  return items.map((item) => {
    const entries = entriesOf(company.store, item).filter(({ line }) => line.date <= day);
    return {
      item,
      entries,
      quantity: rounded(entries.reduce((sum, { quantity }) => sum + quantity, 0)),
      value: entries.reduce((sum, { value }) => sum + value, 0),
    };
  });
}

const dayOf = ({ query, end }: ReportRequest): string => query.report_date ?? end;
const average = (value: number, quantity: number): Cell =>
  cell(quantity === 0 ? '' : money(Math.round(value / quantity)));

/** `InventoryValuationSummary`: what lies in stock, and what the stock account says it is worth. */
export function inventoryValuation(request: ReportRequest): Report {
  const stock = stockOn(request, dayOf(request));
  const rows = stock.map(({ item, quantity, value }) =>
    dataRow([
      cell(nameShown(item) ?? '', textOf(item, 'Id')),
      cell(textOf(item, 'Sku') ?? ''),
      cell(quantity.toFixed(2)),
      cell(money(value)),
      average(value, quantity),
    ]),
  );
  const total = stock.reduce((sum, { value }) => sum + value, 0);
  const grand: Row = {
    Summary: { ColData: [cell('TOTAL'), cell(''), cell(''), cell(money(total)), cell('')] },
    type: 'Section',
    group: 'GrandTotal',
  };
  return {
    Header: withOptions(reportHeader(request, 'InventoryValuationSummary'), rows.length === 0),
    Columns: {
      Column: [
        column('', 'ProductsAndService', 'item'),
        column('SKU', 'String', 'sku'),
        column('Qty', 'String', 'qty'),
        moneyColumn('Asset Value', 'asset_value'),
        moneyColumn('Calc. Avg', 'calc_avg'),
      ],
    },
    Rows: { Row: rows.length === 0 ? [] : [...rows, grand] },
  };
}

function detailSection({ item, entries, quantity, value }: Stock): Row[] {
  if (entries.length === 0) return [];
  const running = { quantity: 0, value: 0 };
  const rows = entries.map(({ line, quantity: moved, value: cost }) => {
    running.quantity = rounded(running.quantity + moved);
    running.value += cost;
    return dataRow([
      cell(line.date),
      cell(line.type, line.id),
      cell(numberOf(line)),
      cell(line.name),
      cell(moved.toFixed(2)),
      average(cost, moved),
      cell(money(cost)),
      cell(running.quantity.toFixed(2)),
      cell(money(running.value)),
    ]);
  });
  const name = nameShown(item) ?? '';
  const blanks = (count: number): Cell[] => Array.from({ length: count }, () => cell(''));
  return [
    section([cell(name, textOf(item, 'Id')), ...blanks(8)], rows, [
      cell(`Total for ${name}`),
      ...blanks(3),
      cell(quantity.toFixed(2)),
      cell(''),
      cell(money(value)),
      ...blanks(2),
    ]),
  ];
}

/** `InventoryValuationDetail`: the documents behind it, item by item. */
export function inventoryDetail(request: ReportRequest): Report {
  const Row = stockOn(request, request.end).flatMap(detailSection);
  return {
    Header: withOptions(reportHeader(request, 'InventoryValuationDetail'), Row.length === 0),
    Columns: {
      Column: [
        column('Date', 'Date', 'tx_date'),
        column('Transaction Type', 'String', 'txn_type'),
        column('Num', 'String', 'doc_num'),
        column('Name', 'String', 'name'),
        column('Qty', 'String', 'qty'),
        moneyColumn('Rate', 'rate'),
        moneyColumn('Cost', 'inventory_cost'),
        column('Qty on Hand', 'String', 'qty_on_hand'),
        moneyColumn('Asset Value', 'asset_value'),
      ],
    },
    Rows: { Row },
  };
}
