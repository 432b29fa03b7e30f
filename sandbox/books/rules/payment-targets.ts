import { type Body, rowsOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../currency-of.ts';
import { type Payer, SIDES, applicationsOf, appliedTo } from './application.ts';
import type { RuleContext } from './rule-context.ts';
import { homeAmounts } from './sale.ts';

/** A bill paid by credit card is linked as `BillPaymentCheck` too. */
const LINK_TYPES: Record<Payer, string> = { Payment: 'Payment', BillPayment: 'BillPaymentCheck' };

function relinked(target: Body, link: Body, applied: number): Body[] {
  const links = rowsOf(target, 'LinkedTxn');
  const isLinked = links.some((one) => one.TxnId === link.TxnId && one.TxnType === link.TxnType);
  if (applied === 0) return links.filter((one) => one.TxnId !== link.TxnId || one.TxnType !== link.TxnType);
  return isLinked ? links : [link, ...links];
}

/**
 * Updates the invoices and credit memos a payment's lines name: their open balance and LinkedTxn, newest
 * first.
 */
export function updatePaymentTargets(
  context: RuleContext,
  payer: Payer,
  after: Body | undefined,
  before: Body | undefined,
): void {
  const now = applicationsOf(after);
  const then = applicationsOf(before);
  const link = { TxnId: (after ?? before)!.Id, TxnType: LINK_TYPES[payer] };
  const targets = new Map([...then, ...now].map((one) => [`${one.type}|${one.id}`, one]));
  const { debit, credit } = SIDES[payer];
  for (const { type, id } of targets.values()) {
    const delta = appliedTo(now, type, id) - appliedTo(then, type, id);
    if (delta === 0) continue;
    if (type === 'JournalEntry' || type === 'Deposit') {
      const part = context.unit.get(type, id);
      context.unit.annotate(type, { ...part, LinkedTxn: relinked(part, link, appliedTo(now, type, id)) });
    }
    if (type !== debit && type !== credit) continue;
    const target = context.unit.get(type, id);
    const currency = currencyOf(target);
    const Balance = majorOf(minorOf(target.Balance, currency) - delta, currency);
    context.unit.put(type, {
      ...target,
      Balance,
      ...(type === 'CreditMemo' ? { RemainingCredit: Balance } : {}),
      ...(target.HomeBalance === undefined ? {} : homeAmounts(context, { ...target, Balance }, 'Balance')),
      LinkedTxn: relinked(target, link, appliedTo(now, type, id)),
    });
  }
}
