import type { EntityName } from '../catalog.ts';
import { duplicateDocNumber } from '../fault.ts';
import { type Body, textOf } from '../json.ts';
import type { RuleContext } from './rule-context.ts';

const SERIES: Partial<Record<EntityName, string>> = {
  Invoice: 'sales',
  CreditMemo: 'sales',
  SalesReceipt: 'sales',
  RefundReceipt: 'sales',
  Estimate: 'estimates',
  PurchaseOrder: 'orders',
};

function checkUnused(
  context: RuleContext,
  entity: EntityName,
  number: string,
  ownId: string | undefined,
): void {
  const custom = context.company.preferences('SalesFormsPrefs').CustomTxnNumbers === true;
  if (!custom || !context.company.warnsOfDuplicateNumbers || context.allowsDuplicateNumber) return;
  const other = context.company.store.all(entity).find((one) => one.DocNumber === number && one.Id !== ownId);
  if (other) throw duplicateDocNumber(number, entity, textOf(other, 'Id')!);
}

/**
 * The document number: the one sent, kept as it is. Without one, a new document gets the next of its series,
 * or none when the company types its own (`CustomTxnNumbers`). Never a promise of uniqueness: 6140 only where
 * the company asks for the warning.
 */
export function numbered(
  context: RuleContext,
  entity: EntityName,
  draft: Body,
  before: Body | undefined,
): Body {
  const series = SERIES[entity];
  const sent = textOf(draft, 'DocNumber');
  if (sent !== undefined) {
    if (sent !== before?.DocNumber) {
      checkUnused(context, entity, sent, textOf(before, 'Id'));
      if (series) context.company.noteNumber(series, sent);
    }
    return draft;
  }
  const typesOwn = context.company.preferences('SalesFormsPrefs').CustomTxnNumbers === true;
  if (before || !series || typesOwn) return draft;
  return { ...draft, DocNumber: context.company.takeNumber(series) };
}
