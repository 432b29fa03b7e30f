import type { Company } from '../books/company.ts';
import { findEntity } from '../books/catalog.ts';
import { currencyOf } from '../books/currency-of.ts';
import { nameShown } from '../books/store.ts';
import { type Body, type Json, partOf, refOf, rowsOf, textOf } from '../books/json.ts';
import { type AmountStyle, amountText, majorOf, minorOf } from '../books/money.ts';

/** A row of the table: what for, how many, at what price, how much. */
export interface PaperRow {
  what: string;
  quantity: string;
  rate: string;
  amount: string;
}

/** What a document says on paper, from top to bottom. */
export interface Paper {
  title: string;
  from: string[];
  /** Headed blocks: who is billed, where it is shipped. */
  parties: { heading: string; lines: string[] }[];
  facts: [name: string, value: string][];
  rows: PaperRow[];
  sums: { name: string; amount: string; isLast: boolean }[];
  memo: string;
}

const TITLES: Record<string, string> = { Payment: 'Payment Receipt' };

function titleOf(entity: string): string {
  return (TITLES[entity] ?? entity.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')).toUpperCase();
}

function addressLines(address: Body): string[] {
  const streets = [1, 2, 3, 4, 5].map((number) => textOf(address, `Line${number}`));
  const region = [textOf(address, 'CountrySubDivisionCode'), textOf(address, 'PostalCode')];
  const town = [textOf(address, 'City'), region.filter(Boolean).join(' ')];
  return [...streets, town.filter(Boolean).join(', '), textOf(address, 'Country')].filter(
    (line): line is string => Boolean(line),
  );
}

/** Digits in groups, with the decimals that are kept of the currency: `12,345.60`. */
function money(value: Json | undefined, { currency, decimals }: AmountStyle): string {
  const [whole, fraction] = amountText(minorOf(value, currency), currency, decimals).split('.');
  const grouped = whole!.replaceAll(/(?<=\d)(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The detail of a line, whatever kind it is: `SalesItemLineDetail`, `AccountBasedExpenseLineDetail`, … */
function detailOf(line: Body): Body {
  return partOf(line, textOf(line, 'DetailType') ?? '');
}

/** The number a linked document goes by: `Invoice 1043`. */
function linkedName(company: Company, link: Body): string {
  const type = textOf(link, 'TxnType') ?? '';
  const id = textOf(link, 'TxnId') ?? '';
  const entity = findEntity(type);
  const found = entity && company.store.find(entity.name, id);
  return `${type} ${textOf(found, 'DocNumber') ?? textOf(found, 'PaymentRefNum') ?? id}`;
}

function whatOf(company: Company, line: Body): string {
  const detail = detailOf(line);
  const names = ['ItemRef', 'AccountRef', 'GroupItemRef'].map((ref) => textOf(partOf(detail, ref), 'name'));
  const linked = rowsOf(line, 'LinkedTxn').map((link) => linkedName(company, link));
  const side = textOf(detail, 'PostingType');
  return [...names, side, textOf(line, 'Description'), ...linked].filter(Boolean).join('\n');
}

function rowsIn(company: Company, lines: readonly Body[], style: AmountStyle): PaperRow[] {
  return lines.flatMap((line) => {
    if (line.DetailType === 'SubTotalLineDetail' || line.DetailType === 'DiscountLineDetail') return [];
    const detail = detailOf(line);
    const row = {
      what: whatOf(company, line),
      quantity: textOf(detail, 'Qty') ?? textOf(detail, 'Quantity') ?? '',
      rate: detail.UnitPrice === undefined ? '' : money(detail.UnitPrice, style),
      amount: line.Amount === undefined ? '' : money(line.Amount, style),
    };
    return [row, ...rowsIn(company, rowsOf(detail, 'Line'), style)];
  });
}

type Sum = [name: string, amount: Json | undefined];

/** A percentage or none: `Tax 8%`, `Discount`. */
function percented(name: string, detail: Body, field: string): string {
  const percent = textOf(detail, field);
  return percent === undefined ? name : `${name} ${percent}%`;
}

/** What the lines come to, less discounts, with the tax. */
function sumsBeforeTotal(record: Body): Sum[] {
  const lines = rowsOf(record, 'Line');
  const tax = partOf(record, 'TxnTaxDetail');
  const taxLines = rowsOf(tax, 'TaxLine');
  const subtotal = lines.findLast((line) => line.DetailType === 'SubTotalLineDetail');
  const discounts = lines.filter((line) => line.DetailType === 'DiscountLineDetail');
  const taxed = taxLines.length === 0 && Number(tax.TotalTax ?? 0) !== 0;
  return [
    ...(subtotal ? [['Subtotal', subtotal.Amount] satisfies Sum] : []),
    ...discounts.map((line): Sum => [
      percented('Discount', detailOf(line), 'DiscountPercent'),
      -Number(line.Amount ?? 0),
    ]),
    ...taxLines.map((line): Sum => [
      percented('Tax', partOf(line, 'TaxLineDetail'), 'TaxPercent'),
      line.Amount,
    ]),
    ...(taxed ? [['Tax', tax.TotalTax] satisfies Sum] : []),
  ];
}

/** What is still open, of what can be. */
function sumsAfterTotal(entity: string, record: Body, currency: string): Sum[] {
  if (record.UnappliedAmt !== undefined) return [['Not applied yet', record.UnappliedAmt]];
  if (record.Balance === undefined || entity.endsWith('Receipt')) return [];
  const less = minorOf(record.Balance, currency) - minorOf(record.TotalAmt, currency);
  const isCredit = /Credit/.test(entity);
  const used: Sum = [isCredit ? 'Used' : 'Payments and credits', majorOf(less, currency)];
  return [...(less === 0 ? [] : [used]), [isCredit ? 'Left of it' : 'Balance due', record.Balance]];
}

function sumsOf(entity: string, record: Body, style: AmountStyle): Paper['sums'] {
  const total: Sum[] = entity === 'JournalEntry' ? [] : [['Total', record.TotalAmt ?? 0]];
  const { currency } = style;
  const sums = [...sumsBeforeTotal(record), ...total, ...sumsAfterTotal(entity, record, currency)];
  return sums.map(([name, amount], index) => ({
    name: index === sums.length - 1 ? `${name} (${currency})` : name,
    amount: money(amount, style),
    isLast: index === sums.length - 1,
  }));
}

/** What a record says on paper, with the company it is from. Amounts have the decimals of its currency. */
export function paperOf(company: Company, entity: string, record: Body): Paper {
  const info = company.store.find('CompanyInfo', '1');
  const style = { currency: currencyOf(record), decimals: company.store.decimals };
  const named = (field: string): string | undefined => textOf(partOf(record, field), 'name');
  const contact = [
    textOf(partOf(info, 'PrimaryPhone'), 'FreeFormNumber'),
    textOf(partOf(info, 'Email'), 'Address'),
  ];
  const bill = [
    named('CustomerRef') ?? named('VendorRef'),
    ...addressLines(partOf(record, 'BillAddr')),
    ...addressLines(partOf(record, 'VendorAddr')),
  ];
  const ship = addressLines(partOf(record, 'ShipAddr'));
  const isSale = record.CustomerRef !== undefined;
  const facts: [string, string | undefined][] = [
    ['Number', textOf(record, 'DocNumber') ?? textOf(record, 'PaymentRefNum') ?? textOf(record, 'Id')],
    ['Date', textOf(record, 'TxnDate')],
    ['Terms', textOf(company.store.find('Term', refOf(record, 'SalesTermRef') ?? ''), 'Name')],
    ['Due date', textOf(record, 'DueDate')],
    ['Valid until', textOf(record, 'ExpirationDate')],
    ['Payment method', nameShown(company.store.find('PaymentMethod', refOf(record, 'PaymentMethodRef')))],
  ];
  const isLine = (line: string | undefined): line is string => Boolean(line);
  return {
    title: titleOf(entity),
    from: [company.name, ...addressLines(partOf(info, 'CompanyAddr')), ...contact].filter(isLine),
    parties: [
      { heading: isSale ? 'BILL TO' : 'TO', lines: bill.filter(isLine) },
      { heading: 'SHIP TO', lines: ship },
    ].filter(({ lines }) => lines.length > 0),
    facts: facts.filter((fact): fact is [string, string] => isLine(fact[1])),
    rows: rowsIn(company, rowsOf(record, 'Line'), style),
    sums: sumsOf(entity, record, style),
    memo: textOf(partOf(record, 'CustomerMemo'), 'value') ?? '',
  };
}
