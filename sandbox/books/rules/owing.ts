import type { EntityName } from '../catalog.ts';
import { businessRule, hasDependents } from '../fault.ts';
import { type Body, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { currencyOf } from '../standing.ts';
import type { Payer } from './application.ts';
import { appliedOn, freeApplied } from './payment.ts';
import type { Work } from './rules.ts';

/**
 * Balance and links of a transaction that others are applied to. Lowering its total below what is applied frees the difference
 * from its payments, newest first: a balance is never below zero.
 */
export function withBalance(
  work: Work,
  payer: Payer,
  type: EntityName,
  draft: Body,
  before: Body | undefined,
): Body {
  const currency = currencyOf(draft);
  const due = minorOf(draft.TotalAmt, currency) - minorOf(draft.Deposit, currency);
  if (due < 0) throw businessRule('The deposit is more than the total.');
  const id = textOf(before, 'Id');
  const applied = before ? appliedOn(before) : 0;
  if (id === undefined || applied <= due) return { ...draft, Balance: majorOf(due - applied, currency) };
  freeApplied(work, payer, type, id, applied - due);
  return { ...draft, LinkedTxn: work.writing.get(type, id).LinkedTxn, Balance: 0 };
}

/** Frees every payment from a transaction that is about to be voided or deleted. */
export function freeAll(work: Work, payer: Payer, type: EntityName, body: Body): void {
  freeApplied(work, payer, type, textOf(body, 'Id')!, appliedOn(body));
}

/** Frees the payments before a delete, where the company's books allow it; a person is asked and says yes. */
export function releasePaid(work: Work, payer: Payer, type: EntityName, body: Body): void {
  const mayFree = work.byHand || work.company.world.switches.deletePaidInvoice === 'allow';
  if (appliedOn(body) > 0 && !mayFree) {
    throw hasDependents('unlink the transactions linked to this one before deleting it');
  }
  freeAll(work, payer, type, body);
}
