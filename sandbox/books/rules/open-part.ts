import { type Body, textOf } from '../json.ts';
import { appliedFrom, paymentsOn, reducedLines } from './application.ts';
import { replacePaymentLines } from './payment.ts';
import type { RuleContext } from './rule-context.ts';

/**
 * Takes what a journal entry or deposit left with customers off the payments that used it, before it changes.
 */
export function unapplyOpenParts(context: RuleContext, type: 'JournalEntry' | 'Deposit', body: Body): void {
  const id = textOf(body, 'Id')!;
  for (const payment of paymentsOn(context, 'Payment', type, id))
    if (appliedFrom(payment, type, id) > 0)
      replacePaymentLines(context, 'Payment', payment, reducedLines(payment, type, id, 0));
}
