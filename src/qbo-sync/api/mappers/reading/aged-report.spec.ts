import { describe, expect, it } from 'vitest';
import { readAgedReport } from './aged-report.js';

const TITLES = ['', 'Current', '1 - 30', '31 - 60', '61 - 90', '91 and over', 'Total'];
const cells = (...values: string[]) => values.map((value) => ({ value }));
const customer = (id: string, name: string, ...money: string[]) => [{ id, value: name }, ...cells(...money)];
const total = (...money: string[]) => ({
  group: 'GrandTotal',
  type: 'Section',
  Summary: { ColData: [{ value: 'TOTAL' }, ...cells(...money)] },
});

describe("QuickBooks' report of receivables", () => {
  const classic = {
    Columns: { Column: TITLES.map((ColTitle) => ({ ColTitle, ColType: 'Money' })) },
    Rows: {
      Row: [
        { type: 'Data', ColData: customer('7', 'Ann', '10.00', '', '', '', '-2.50', '7.50') },
        {
          type: 'Section',
          Header: { ColData: customer('8', 'Bob', '', '1.00', '', '', '', '1.00') },
          Rows: { Row: [{ type: 'Data', ColData: customer('9', 'Barn', '', '', '3.00', '', '', '3.00') }] },
          Summary: { ColData: [{ value: 'Total Bob' }, ...cells('0.00', '1.00', '3.00', '', '', '4.00')] },
        },
        total('10.00', '1.00', '3.00', '0.00', '-2.50', '11.50'),
      ],
    },
  };

  it('is read customer by customer, a parent without its sub-customers', () => {
    expect(readAgedReport(classic)).toEqual({
      rows: [
        { qboCustomerId: '7', name: 'Ann', cents: [1000, 0, 0, 0, -250], totalCents: 750 },
        { qboCustomerId: '8', name: 'Bob', cents: [0, 100, 0, 0, 0], totalCents: 100 },
        { qboCustomerId: '9', name: 'Barn', cents: [0, 0, 300, 0, 0], totalCents: 300 },
      ],
      grandTotalCents: 1150,
    });
  });

  it('is the same with its columns in another order and by keys', () => {
    const keys = ['total', 'current', '0', '1', '2', '3'];
    const turned = {
      Columns: {
        Column: ['customer_name', ...keys].map((Value) => ({
          ColTitle: '',
          MetaData: [{ Name: 'ColKey', Value }],
        })),
      },
      Rows: { Row: [{ ColData: customer('7', 'Ann', '7.50', '10.00', '', '', '', '-2.50') }] },
    };
    expect(readAgedReport(turned)).toEqual({
      rows: [{ qboCustomerId: '7', name: 'Ann', cents: [1000, 0, 0, 0, -250], totalCents: 750 }],
      grandTotalCents: null,
    });
  });

  it('has no rows where nothing is open', () => {
    expect(readAgedReport({ ...classic, Rows: {} })).toEqual({ rows: [], grandTotalCents: null });
  });

  it('is refused where a column or an amount cannot be read, not shown as zero', () => {
    const short = { ...classic, Columns: { Column: classic.Columns.Column.slice(0, 6) } };
    expect(() => readAgedReport(short)).toThrow('Columns total is missing');
    const bad = {
      ...classic,
      Rows: { Row: [{ ColData: customer('7', 'Ann', '1,0', '', '', '', '', '1') }] },
    };
    expect(() => readAgedReport(bad)).toThrow('not an amount');
  });
});
