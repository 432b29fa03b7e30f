import type { EntityName } from '../catalog.ts';
import { businessRule, hasDependents } from '../fault.ts';
import { type Body, refOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../currency-of.ts';
import { type Payer, SIDES } from './application.ts';
import { appliedOn, unapplyAmount } from './payment.ts';
import type { RuleContext } from './rule-context.ts';

/**
 * Balance and links of a transaction that others are applied to. Lowering its total below what is applied
 * frees the difference from its payments, newest first: a balance is never below zero.
 */
export function withBalance(
  context: RuleContext,
  payer: Payer,
  type: EntityName,
  draft: Body,
  before: Body | undefined,
): Body {
  const currency = currencyOf(draft);
  const due = minorOf(draft.TotalAmt, currency) - minorOf(draft.Deposit, currency);
  if (due < 0) throw businessRule('The deposit is more than the total.');
  const id = textOf(before, 'Id');
  const party = SIDES[payer].party;
  if (id !== undefined && refOf(before, party) !== refOf(draft, party)) {
    unapplyAll(context, payer, type, before!);
    return { ...draft, LinkedTxn: context.unit.get(type, id).LinkedTxn, Balance: majorOf(due, currency) };
  }
  const applied = before ? appliedOn(before) : 0;
  if (id === undefined || applied <= due) return { ...draft, Balance: majorOf(due - applied, currency) };
  unapplyAmount(context, payer, type, id, applied - due);
  return { ...draft, LinkedTxn: context.unit.get(type, id).LinkedTxn, Balance: 0 };
}

/** Frees every payment from a transaction that is about to be voided or deleted. */
export function unapplyAll(context: RuleContext, payer: Payer, type: EntityName, body: Body): void {
  unapplyAmount(context, payer, type, textOf(body, 'Id')!, appliedOn(body));
}

/** Frees the payments before a delete, where the company's books allow it; a person is asked and says yes. */
export function unapplyBeforeDelete(context: RuleContext, payer: Payer, type: EntityName, body: Body): void {
  const mayFree = context.byHand || context.company.world.switches.deletePaidInvoice === 'allow';
  if (appliedOn(body) > 0 && !mayFree) {
    throw hasDependents('unlink the transactions linked to this one before deleting it');
  }
  unapplyAll(context, payer, type, body);
}
