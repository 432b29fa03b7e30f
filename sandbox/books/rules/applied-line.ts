import { type Body, textOf, without } from '../json.ts';
import { type Decimals, amountText, majorOf } from '../money.ts';
import { currencyOf } from '../currency-of.ts';
import { nameValue } from './name-value.ts';

/** One line of a payment: so much of its money on one open transaction. */
export interface Application {
  type: string;
  id: string;
  minor: number;
  line: Body;
}

/**
 * The bookkeeping note each applied line carries: which transaction, how much was open on it, and its number.
 */
function lineEx(id: string, open: string, docNumber: string | undefined): Body {
  const pairs = [
    ['txnId', id],
    ['txnOpenBalance', open],
    ...(docNumber === undefined ? [] : [['txnReferenceNumber', docNumber]]),
  ];
  const any = pairs.map(([name, value]) => nameValue(name!, value!));
  return { any };
}

/**
 * A payment line as stored: the amount taken and what was open before it. A line that stays the same keeps
 * its old note.
 */
export function appliedLine(
  one: Application,
  minor: number,
  open: number,
  target: Body,
  earlier: Body | undefined,
  decimals: Decimals,
): Body {
  const currency = currencyOf(target);
  const Amount = majorOf(minor, currency);
  if (earlier && earlier.Amount === Amount) return earlier;
  return {
    ...without(one.line, 'Id', 'LineNum'),
    Amount,
    LinkedTxn: [{ TxnId: one.id, TxnType: one.type }],
    LineEx: lineEx(one.id, amountText(open, currency, decimals), textOf(target, 'DocNumber')),
  };
}
