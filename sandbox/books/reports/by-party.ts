import { textOf } from '../json.ts';
import { nameShown, type Store } from '../store.ts';
import { NOT_SPECIFIED, dimensionOf } from './dimensions.ts';
import {
  COST_OF_SALES,
  EXPENSES,
  INCOME,
  OTHER_EXPENSES,
  OTHER_INCOME,
  linesFor,
} from './profit-and-loss.ts';
import { type Report, type Row, cell, column, dataRow, money, moneyColumn } from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

/** A table of names with amounts and their total, in the order of the names. */
function table(
  request: ReportRequest,
  name: string,
  first: { title: string; key: string },
  amounts: { title: string; key: string }[],
  rows: { id: string; name: string; values: number[] }[],
): Report {
  const sorted = rows.toSorted((a, b) => a.name.localeCompare(b.name));
  const totals = amounts.map((_amount, index) => sorted.reduce((sum, row) => sum + row.values[index]!, 0));
  const grand: Row = {
    Summary: { ColData: [cell('TOTAL'), ...totals.map((sum) => cell(money(sum)))] },
    type: 'Section',
    group: 'GrandTotal',
  };
  return {
    Header: withOptions(reportHeader(request, name), rows.length === 0),
    Columns: {
      Column: [
        column('', first.title, first.key),
        ...amounts.map(({ title, key }) => moneyColumn(title, key)),
      ],
    },
    Rows: {
      Row:
        rows.length === 0
          ? []
          : [
              ...sorted.map((row) =>
                dataRow([cell(row.name, row.id), ...row.values.map((sum) => cell(money(sum)))]),
              ),
              grand,
            ],
    },
  };
}

/** Signed sums per customer or vendor over the accounts of some types. */
function sumsByParty(
  request: ReportRequest,
  type: 'Customer' | 'Vendor',
  accountTypes: readonly string[],
  sign: 1 | -1,
): Map<string, number> {
  const { store } = request.company;
  const sums = new Map<string, number>();
  for (const line of linesFor(request)) {
    const account = store.find('Account', line.account);
    const id = dimensionOf(line, type);
    const counts = line.date >= request.start && line.date <= request.end;
    if (!counts || id === undefined || !accountTypes.includes(textOf(account, 'AccountType') ?? '')) continue;
    sums.set(id, (sums.get(id) ?? 0) + sign * line.home);
  }
  return sums;
}

const fullName = (store: Store, type: 'Customer' | 'Vendor', id: string): string =>
  textOf(store.find(type, id), 'FullyQualifiedName') ?? nameShown(store.find(type, id)) ?? id;

/** `CustomerIncome`: what each customer brought and cost. */
export function customerIncome(request: ReportRequest): Report {
  const income = sumsByParty(request, 'Customer', [...INCOME, ...OTHER_INCOME], -1);
  const costs = sumsByParty(request, 'Customer', [...COST_OF_SALES, ...EXPENSES, ...OTHER_EXPENSES], 1);
  const rows = [...new Set([...income.keys(), ...costs.keys()])].map((id) => {
    const [brought, cost] = [income.get(id) ?? 0, costs.get(id) ?? 0];
    return {
      id,
      name: fullName(request.company.store, 'Customer', id),
      values: [brought, cost, brought - cost],
    };
  });
  const amounts = [
    { title: 'Total Income', key: 'income' },
    { title: 'Total Expenses', key: 'expense' },
    { title: 'Net Income', key: 'net_income' },
  ];
  return table(request, 'CustomerIncome', { title: 'Customer', key: 'customer' }, amounts, rows);
}

/** `CustomerSales`: income by customer. */
export function customerSales(request: ReportRequest): Report {
  const sums = sumsByParty(request, 'Customer', INCOME, -1);
  const rows = [...sums].map(([id, sum]) => ({
    id,
    name: fullName(request.company.store, 'Customer', id),
    values: [sum],
  }));
  return table(
    request,
    'CustomerSales',
    { title: 'Customer', key: 'customer' },
    [{ title: 'Total', key: 'total' }],
    rows,
  );
}

/** `VendorExpenses`: what was spent by vendor. */
export function vendorExpenses(request: ReportRequest): Report {
  const sums = sumsByParty(request, 'Vendor', [...EXPENSES, ...COST_OF_SALES, ...OTHER_EXPENSES], 1);
  const rows = [...sums].map(([id, sum]) => ({
    id,
    name: fullName(request.company.store, 'Vendor', id),
    values: [sum],
  }));
  return table(
    request,
    'VendorExpenses',
    { title: 'Vendor', key: 'vendor' },
    [{ title: 'Total', key: 'total' }],
    rows,
  );
}

/** Income by class or location of the documents. */
export function salesBy(kind: 'Class' | 'Department'): (request: ReportRequest) => Report {
  return (request) => {
    const { store } = request.company;
    const sums = new Map<string, number>();
    for (const line of linesFor(request)) {
      if (line.date < request.start || line.date > request.end) continue;
      if (!INCOME.includes(textOf(store.find('Account', line.account), 'AccountType') ?? '')) continue;
      const id = dimensionOf(line, kind) ?? '';
      sums.set(id, (sums.get(id) ?? 0) - line.home);
    }
    const rows = [...sums].map(([id, sum]) => ({
      id,
      name: nameShown(store.find(kind, id)) ?? NOT_SPECIFIED,
      values: [sum],
    }));
    const first = { title: kind, key: kind.toLowerCase() };
    return table(request, `${kind}Sales`, first, [{ title: 'Total', key: 'total' }], rows);
  };
}
