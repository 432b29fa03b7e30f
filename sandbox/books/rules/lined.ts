import type { EntityName } from '../catalog.ts';
import { required } from '../fault.ts';
import type { Company } from '../company.ts';
import { type Body, partOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { checkBillable } from './billable.ts';
import { checkItemLine } from './item-line.ts';
import { numbered } from './numbering.ts';
import { identifyAddresses } from './person.ts';
import type { RuleContext } from './rule-context.ts';
import { homeAmounts } from './sale.ts';
import { checkCalculation, valueAddedTax } from './value-added-tax.ts';

export function requireFields(draft: Body, ...fields: string[]): void {
  for (const field of fields) if (draft[field] === undefined) throw required(field);
}

/** The draft with a date: the one sent, the one it had, or today's. */
export function dated(context: RuleContext, draft: Body, before: Body | undefined): Body {
  return {
    ...draft,
    TxnDate: textOf(draft, 'TxnDate') ?? textOf(before, 'TxnDate') ?? context.company.today(),
  };
}

/** Tax on what is bought: by the code of each line outside the US; in the US what is sent, if anything. */
function purchaseTax(
  company: Company,
  draft: Body,
  lines: Body[],
  currency: string,
): { tax: number; TxnTaxDetail: Body; lines: Body[] } {
  const sent = partOf(draft, 'TxnTaxDetail');
  if (company.isUs) {
    const tax = minorOf(sent.TotalTax, currency);
    return { tax, TxnTaxDetail: tax === 0 ? {} : { TxnTaxDetail: sent }, lines };
  }
  const { TxnTaxDetail, ...rest } = valueAddedTax(company, draft, lines, currency, 'PurchaseTaxRateList');
  return { ...rest, TxnTaxDetail: { TxnTaxDetail } };
}

const EXPENSES = ['AccountBasedExpenseLineDetail', 'ItemBasedExpenseLineDetail'];

/** A line of what is bought as QBO keeps it: not billable and, in the US, untaxed unless it says so. */
function expenseLine(company: Company, entity: EntityName, sent: Body): Body {
  const { LineNum: _number, ...line } = sent;
  const name = EXPENSES.find((one) => line[one] !== undefined);
  const taxed = company.isUs ? { TaxCodeRef: { value: 'NON' } } : {};
  return {
    ...(entity === 'Bill' ? { LinkedTxn: [] } : {}),
    ...line,
    ...(name ? { [name]: { BillableStatus: 'NotBillable', ...taxed, ...partOf(line, name) } } : {}),
    CustomExtensions: line.CustomExtensions ?? [],
  };
}

/** Number, date, numbered lines and their sum: what bills, purchases, orders and credits have in common. */
export function completeLined(
  context: RuleContext,
  entity: EntityName,
  draft: Body,
  before: Body | undefined,
  CurrencyRef: Body,
): Body {
  if (rowsOf(draft, 'Line').length === 0) throw required('Line');
  const currency = textOf(CurrencyRef, 'value')!;
  const Line = rowsOf(draft, 'Line').map((line, index): Body => {
    requireFields(line, 'Amount');
    checkItemLine(context.company.store, line, 'ItemBasedExpenseLineDetail');
    const number = entity === 'Purchase' ? {} : { LineNum: index + 1 };
    return { ...expenseLine(context.company, entity, line), Id: String(index + 1), ...number };
  });
  checkBillable(Line);
  checkCalculation(context.company, draft);
  const { tax, TxnTaxDetail, lines } = purchaseTax(context.company, draft, Line, currency);
  const total = lines.reduce((sum, line) => sum + minorOf(line.Amount, currency), tax);
  const addressed = identifyAddresses(context, draft, before, 'VendorAddr', 'ShipAddr', 'RemitToAddr');
  const body = {
    ...dated(context, numbered(context, entity, addressed, before), before),
    CurrencyRef,
    Line: lines,
    ...TxnTaxDetail,
    TotalAmt: majorOf(total, currency),
  };
  return { ...body, ...homeAmounts(context, body, 'TotalAmt') };
}
