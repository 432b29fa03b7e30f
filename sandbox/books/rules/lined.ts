import type { EntityName } from '../catalog.ts';
import { required } from '../fault.ts';
import { type Body, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { checkItemLine } from './item-line.ts';
import { numbered } from './numbering.ts';
import type { RuleContext } from './rule-context.ts';
import { homeAmounts } from './sale.ts';

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
    return { ...line, Id: String(index + 1), LineNum: index + 1 };
  });
  const total = Line.reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
  const body = {
    ...dated(context, numbered(context, entity, draft, before), before),
    CurrencyRef,
    Line,
    TotalAmt: majorOf(total, currency),
  };
  return { ...body, ...homeAmounts(context, body, 'TotalAmt') };
}
