import type { EntityName } from '../catalog.ts';
import { currencyOf } from '../currency-of.ts';
import { partOf, refOf, rowsOf, textOf } from '../json.ts';
import { homeOf } from '../ledger/posting.ts';
import { minorOf } from '../money.ts';
import { nameShown } from '../store.ts';
import { type Report, type Row, cell, column, dataRow, money, moneyColumn, section } from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

type Taxed = readonly (readonly [EntityName, sign: 1 | -1])[];

const ON_SALES: Taxed = [
  ['Invoice', 1],
  ['SalesReceipt', 1],
  ['CreditMemo', -1],
  ['RefundReceipt', -1],
];
const ON_PURCHASES: Taxed = [
  ['Bill', 1],
  ['Purchase', 1],
  ['VendorCredit', -1],
];

/** Net and tax by rate, in home minor units, of what is dated within the period. */
function byRate(
  { company, start, end }: ReportRequest,
  taxed: Taxed,
): Map<string, { net: number; tax: number }> {
  const { store, homeCurrency } = company;
  const sums = new Map<string, { net: number; tax: number }>();
  for (const [entity, sign] of taxed)
    for (const body of store.all(entity)) {
      const day = textOf(body, 'TxnDate')!;
      if (day < start || day > end) continue;
      const currency = currencyOf(body);
      const home = (value: unknown): number =>
        sign * homeOf(minorOf(value, currency), currency, body.ExchangeRate, homeCurrency, store.decimals);
      for (const line of rowsOf(partOf(body, 'TxnTaxDetail'), 'TaxLine')) {
        const detail = partOf(line, 'TaxLineDetail');
        const rate = refOf(detail, 'TaxRateRef') ?? '';
        const known = sums.get(rate) ?? { net: 0, tax: 0 };
        sums.set(rate, {
          net: known.net + home(detail.NetAmountTaxable),
          tax: known.tax + home(line.Amount),
        });
      }
    }
  return sums;
}

function sectionOf(request: ReportRequest, title: string, taxed: Taxed): Row[] {
  const { store } = request.company;
  const sums = [...byRate(request, taxed)];
  if (sums.length === 0) return [];
  const rows = sums.map(([rate, { net, tax }]) =>
    dataRow([
      cell(nameShown(store.find('TaxRate', rate)) ?? 'Not Specified', rate),
      cell(money(net)),
      cell(money(tax)),
    ]),
  );
  const total = (field: 'net' | 'tax'): number => sums.reduce((sum, [, one]) => sum + one[field], 0);
  return [
    section([cell(title), cell(''), cell('')], rows, [
      cell(`Total ${title}`),
      cell(money(total('net'))),
      cell(money(total('tax'))),
    ]),
  ];
}

/** `TaxSummary`: tax on sales and on purchases, by rate. */
export function taxSummary(request: ReportRequest): Report {
  const Row = [
    ...sectionOf(request, 'Tax on Sales', ON_SALES),
    ...sectionOf(request, 'Tax on Purchases', ON_PURCHASES),
  ];
  return {
    Header: withOptions(reportHeader(request, 'TaxSummary'), Row.length === 0),
    Columns: {
      Column: [
        column('', 'String', 'tax_rate'),
        moneyColumn('Net Amount', 'net_amount'),
        moneyColumn('Tax Amount', 'tax_amount'),
      ],
    },
    Rows: { Row },
  };
}
