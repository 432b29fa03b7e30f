import { currencyOf } from '../currency-of.ts';
import { type Body, type Json, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { homeOf } from '../ledger/posting.ts';
import { minorOf } from '../money.ts';
import { nameShown } from '../store.ts';
import { type Report, type Row, cell, column, dataRow, money, moneyColumn } from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

interface Sold {
  quantity: number;
  amount: number;
}

function soldLines(body: Body): Body[] {
  return rowsOf(body, 'Line').flatMap((line) => {
    const inner = rowsOf(partOf(line, 'GroupLineDetail'), 'Line');
    return inner.length > 0 ? inner : [line];
  });
}

/** `ItemSales`: what was sold of each product or service, by the documents' own lines. */
export function itemSales(request: ReportRequest): Report {
  const { store, homeCurrency } = request.company;
  const sold = new Map<string, Sold>();
  for (const [entity, sign] of [
    ['Invoice', 1],
    ['SalesReceipt', 1],
    ['CreditMemo', -1],
    ['RefundReceipt', -1],
  ] as const)
    for (const body of store.all(entity)) {
      const date = textOf(body, 'TxnDate')!;
      if (date < request.start || date > request.end) continue;
      const currency = currencyOf(body);
      const inHome = (amount: Json | undefined): number =>
        homeOf(minorOf(amount, currency), currency, body.ExchangeRate, homeCurrency, store.decimals);
      for (const line of soldLines(body)) {
        const detail = partOf(line, 'SalesItemLineDetail');
        const id = refOf(detail, 'ItemRef');
        if (id === undefined) continue;
        const known = sold.get(id) ?? { quantity: 0, amount: 0 };
        sold.set(id, {
          quantity: known.quantity + sign * Number(detail.Qty ?? 1),
          amount: known.amount + sign * inHome(line.Amount),
        });
      }
    }
  const all = [...sold.values()].reduce((sum, { amount }) => sum + amount, 0);
  const rows = [...sold]
    .map(([id, one]) => ({ id, name: nameShown(store.find('Item', id)) ?? id, ...one }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ id, name, quantity, amount }) =>
      dataRow([
        cell(name, id),
        cell(quantity.toFixed(2)),
        cell(money(amount)),
        cell(all === 0 ? '' : `${((100 * amount) / all).toFixed(2)} %`),
        cell(quantity === 0 ? '' : money(amount / quantity)),
      ]),
    );
  const grand: Row = {
    Summary: {
      ColData: [cell('TOTAL'), cell(''), cell(money(all)), cell(all === 0 ? '' : '100.00 %'), cell('')],
    },
    type: 'Section',
    group: 'GrandTotal',
  };
  return {
    Header: withOptions(reportHeader(request, 'ItemSales'), rows.length === 0),
    Columns: {
      Column: [
        column('', 'ProductsAndService', 'item'),
        column('Quantity', 'String', 'quantity'),
        moneyColumn('Amount', 'amount'),
        column('% of Sales', 'String', 'percent'),
        moneyColumn('Avg Price', 'avg_price'),
      ],
    },
    Rows: { Row: rows.length === 0 ? [] : [...rows, grand] },
  };
}
