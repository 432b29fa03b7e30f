import type { Company } from '../company.ts';
import { badEnum, required, wrongAmount } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { checkGroupLine, checkItemLine } from './item-line.ts';
import { keptOf, majorOf, minorOf, percentOf, productOf } from '../money.ts';

/** Lines of a sales form with what they come to, in minor units of the form's currency. */
export interface Priced {
  lines: Body[];
  /** After discount, before tax. */
  net: number;
  /** The part of it that is taxed. */
  taxable: number;
}

const DETAILS = [
  'SalesItemLineDetail',
  'GroupLineDetail',
  'DescriptionOnly',
  'DescriptionOnlyLineDetail',
  'DiscountLineDetail',
  'SubTotalLineDetail',
  'TaxLineDetail',
];

/** What a line without an item sells: the company's first service, "Services" in a new company. */
function defaultItem(company: Company): string | undefined {
  const services = company.store
    .all('Item')
    .filter((item) => item.Type === 'Service' && item.Active !== false);
  return textOf(services[0], 'Id');
}

function checkProduct({ store }: Company, line: Body, detail: Body, currency: string): void {
  if (detail.Qty === undefined || detail.UnitPrice === undefined) return;
  // Clients that send every field write zeros for what they do not know: then the amount alone counts.
  if (Number(detail.Qty) === 0 && Number(detail.UnitPrice) === 0) return;
  const product = keptOf(productOf(detail.Qty, detail.UnitPrice, currency), currency, store.decimals);
  if (product !== minorOf(line.Amount, currency)) throw wrongAmount();
}

/** A US line without a tax code is taxed as its item is. */
function defaultCode(company: Company, itemId: string | undefined): Body {
  return { value: company.store.find('Item', itemId)?.Taxable === true ? 'TAX' : 'NON' };
}

function salesDetail(company: Company, detail: Body): Body {
  const itemId = refOf(detail, 'ItemRef') ?? defaultItem(company);
  const account = partOf(company.store.find('Item', itemId), 'IncomeAccountRef');
  const {
    ItemRef: _item,
    ItemAccountRef: _account,
    TaxCodeRef: code,
    UnitPrice: price,
    Qty: quantity,
    ...rest
  } = detail;
  return {
    ...(itemId === undefined ? {} : { ItemRef: { value: itemId } }),
    ...(price === undefined ? {} : { UnitPrice: price }),
    ...(quantity === undefined ? {} : { Qty: quantity }),
    ...(account.value === undefined ? {} : { ItemAccountRef: { value: account.value } }),
    ...(code === undefined && !company.isUs ? {} : { TaxCodeRef: code ?? defaultCode(company, itemId) }),
    ...rest,
  };
}

function salesLine(company: Company, line: Body, currency: string): Body {
  const detail = partOf(line, 'SalesItemLineDetail');
  if (line.Amount === undefined) throw required('Line.Amount');
  checkItemLine(company.store, line, 'SalesItemLineDetail');
  checkProduct(company, line, detail, currency);
  return {
    ...line,
    Amount: majorOf(minorOf(line.Amount, currency), currency),
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: salesDetail(company, detail),
  };
}

function groupLine(company: Company, line: Body, currency: string): Body {
  checkGroupLine(company.store, line);
  const detail = partOf(line, 'GroupLineDetail');
  const lines = rowsOf(detail, 'Line').map((one) => salesLine(company, one, currency));
  const sum = lines.reduce((total, one) => total + minorOf(one.Amount, currency), 0);
  return { ...line, Amount: majorOf(sum, currency), GroupLineDetail: { ...detail, Line: lines } };
}

function completeLine(company: Company, line: Body, currency: string): Body {
  const type = textOf(line, 'DetailType');
  if (type === undefined) throw required('Line.DetailType');
  if (!DETAILS.includes(type)) throw badEnum('DetailType', type);
  if (type === 'SalesItemLineDetail') return salesLine(company, line, currency);
  return type === 'GroupLineDetail' ? groupLine(company, line, currency) : line;
}

/** Lines keep their Id while they live; new ones take the next number of the form. */
function identified(lines: Body[], before: Body | undefined): Body[] {
  const known = new Set(rowsOf(before, 'Line').map((line) => textOf(line, 'Id')));
  let last = Math.max(0, ...[...known].map(Number).filter(Number.isFinite));
  return lines.map((line, index) => {
    const id = textOf(line, 'Id');
    const keeps = id !== undefined && known.has(id);
    const { Id: _id, LineNum: _number, Description, Amount, DetailType, ...rest } = line;
    return {
      Id: keeps ? id : String((last += 1)),
      LineNum: index + 1,
      ...(Description === undefined ? {} : { Description }),
      ...(Amount === undefined ? {} : { Amount }),
      DetailType,
      ...rest,
      CustomExtensions: line.CustomExtensions ?? [],
    };
  });
}

function discountOf({ store }: Company, line: Body, subtotal: number, currency: string): number {
  const detail = partOf(line, 'DiscountLineDetail');
  return detail.PercentBased === true
    ? keptOf(percentOf(subtotal, detail.DiscountPercent), currency, store.decimals)
    : minorOf(line.Amount, currency);
}

function taxableOf(company: Company, line: Body, currency: string): number {
  const inner = rowsOf(partOf(line, 'GroupLineDetail'), 'Line');
  if (inner.length > 0) return inner.reduce((sum, one) => sum + taxableOf(company, one, currency), 0);
  const code = refOf(partOf(line, 'SalesItemLineDetail'), 'TaxCodeRef');
  const amount = minorOf(line.Amount, currency);
  if (amount < 0 && company.isUs && company.world.switches.negativeLineTax === 'always') return amount;
  return code === undefined || code === 'NON' ? 0 : amount;
}

/** What is taxed after a discount on the whole: the discount falls on taxed and untaxed lines alike. */
function lessShare(taxable: number, discounted: number, subtotal: number): number {
  return subtotal === 0 ? taxable : taxable - Math.round((taxable * discounted) / subtotal);
}

/**
 * The lines of a sales form as QBO stores them: each with Id, number, item, account and tax code, then a
 * subtotal line that QBO writes itself, then discounts. Amount must equal Qty × UnitPrice when all three are
 * sent (6070).
 */
export function priceLines(
  company: Company,
  draft: Body,
  before: Body | undefined,
  currency: string,
): Priced {
  const sent = rowsOf(draft, 'Line').filter((line) => line.DetailType !== 'SubTotalLineDetail');
  if (sent.length === 0) throw required('Line');
  const completed = sent.map((line) => completeLine(company, line, currency));
  const isDiscount = (line: Body): boolean => line.DetailType === 'DiscountLineDetail';
  const goods = identified(
    completed.filter((line) => !isDiscount(line)),
    before,
  );
  const subtotal = goods.reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
  const discounts = completed
    .filter(isDiscount)
    .map((line) => ({ ...line, Amount: majorOf(discountOf(company, line, subtotal, currency), currency) }));
  const discounted = discounts.reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
  const taxable = goods.reduce((sum, line) => sum + taxableOf(company, line, currency), 0);
  const subtotalLine = {
    Amount: majorOf(subtotal, currency),
    DetailType: 'SubTotalLineDetail',
    SubTotalLineDetail: {},
  };
  return {
    lines: [...goods, subtotalLine, ...discounts],
    net: subtotal - discounted,
    taxable: draft.ApplyTaxAfterDiscount === true ? lessShare(taxable, discounted, subtotal) : taxable,
  };
}

/** The lines of a voided form: all there, all nothing. */
export function emptiedLines(body: Body): Body[] {
  return rowsOf(body, 'Line').map((line) => {
    const detail = partOf(line, 'SalesItemLineDetail');
    return {
      ...line,
      Amount: 0,
      ...(line.SalesItemLineDetail === undefined ? {} : { SalesItemLineDetail: { ...detail, Qty: 0 } }),
    };
  });
}
