import { textOf } from '../json.ts';
import { type Side, documentsAskedFor, nameOf, parties, reportDay } from './aging.ts';
import { type Report, type Row, cell, column, dataRow, money, moneyColumn, section } from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

/** `CustomerBalance` and `VendorBalance`: what each has open. */
export function balanceSummary(side: Side): (request: ReportRequest) => Report {
  return (request) => {
    const { store } = request.company;
    const day = reportDay(request);
    const documents = documentsAskedFor(request, side, day);
    const rows = parties(store, side, documents).map((id): [Row, number] => {
      const open = documents.reduce((sum, one) => sum + (one.partyId === id ? one.open : 0), 0);
      return [dataRow([cell(nameOf(store, side, id), id), cell(money(open))]), open];
    });
    const total = rows.reduce((sum, [, open]) => sum + open, 0);
    const grand: Row = {
      Summary: { ColData: [cell('TOTAL'), cell(money(total))] },
      type: 'Section',
      group: 'GrandTotal',
    };
    return {
      Header: withOptions(
        { ...reportHeader(request, `${side}Balance`), StartPeriod: day, EndPeriod: day },
        rows.length === 0,
      ),
      Columns: {
        Column: [
          column('', side, side === 'Customer' ? 'cust_name' : 'vend_name'),
          moneyColumn('Total', 'total'),
        ],
      },
      Rows: { Row: rows.length === 0 ? [] : [...rows.map(([row]) => row), grand] },
    };
  };
}

/** `CustomerBalanceDetail` and `VendorBalanceDetail`: the open documents of each. */
export function balanceDetail(side: Side): (request: ReportRequest) => Report {
  return (request) => {
    const { store } = request.company;
    const day = reportDay(request);
    const documents = documentsAskedFor(request, side, day);
    const sections = parties(store, side, documents).map((id): Row => {
      const own = documents.filter(({ partyId }) => partyId === id);
      let balance = 0;
      const rows = own.map(({ line, due, amount, open }) => {
        balance += open;
        return dataRow([
          cell(line.date),
          cell(line.type, line.id),
          cell(textOf(line.body, 'DocNumber') ?? ''),
          cell(due),
          cell(money(amount)),
          cell(money(open)),
          cell(money(balance)),
        ]);
      });
      const name = nameOf(store, side, id);
      const blanks = Array.from({ length: 4 }, () => cell(''));
      return section([cell(name, id), ...blanks, cell(''), cell('')], rows, [
        cell(`Total for ${name}`),
        ...blanks.slice(0, 3),
        cell(''),
        cell(money(balance)),
        cell(''),
      ]);
    });
    return {
      Header: withOptions(
        { ...reportHeader(request, `${side}BalanceDetail`), StartPeriod: day, EndPeriod: day },
        sections.length === 0,
      ),
      Columns: {
        Column: [
          column('Date', 'Date', 'tx_date'),
          column('Transaction Type', 'String', 'txn_type'),
          column('Num', 'String', 'doc_num'),
          column('Due Date', 'Date', 'due_date'),
          moneyColumn('Amount', 'subt_amount'),
          moneyColumn('Open Balance', 'subt_open_bal'),
          moneyColumn('Balance', 'rbal_open_bal'),
        ],
      },
      Rows: { Row: sections },
    };
  };
}
