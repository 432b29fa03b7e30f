import { businessRule } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import type { RuleContext } from './rule-context.ts';

const DETAILS = ['AccountBasedExpenseLineDetail', 'ItemBasedExpenseLineDetail'] as const;

type Expense = 'Bill' | 'Purchase';

/** The detail of a line that is bought for a customer and to be charged on. */
function detailOf(line: Body): { name: (typeof DETAILS)[number]; detail: Body } | undefined {
  const name = DETAILS.find((one) => line[one] !== undefined);
  return name && { name, detail: partOf(line, name) };
}

function isBillable(line: Body): boolean {
  return detailOf(line)?.detail.BillableStatus === 'Billable';
}

/** A billable line names its customer. */
export function checkBillable(lines: readonly Body[]): void {
  for (const line of lines)
    if (isBillable(line) && refOf(detailOf(line)!.detail, 'CustomerRef') === undefined)
      throw businessRule('When you mark an expense as billable, you must choose a customer.');
}

function chargeIdOf(line: Body): string | undefined {
  const link = rowsOf(line, 'LinkedTxn').find(({ TxnType }) => TxnType === 'ReimburseCharge');
  return textOf(link, 'TxnId');
}

function chargeOf(entity: Expense, expense: Body, line: Body): Body {
  const { detail } = detailOf(line)!;
  const { ItemRef, AccountRef } = detail;
  const ReimburseLineDetail = {
    ...(ItemRef === undefined ? {} : { ItemRef }),
    ...(AccountRef === undefined ? {} : { ItemAccountRef: AccountRef }),
  };
  const { Amount, Description } = line;
  return {
    CustomerRef: detail.CustomerRef!,
    CurrencyRef: expense.CurrencyRef!,
    TxnDate: expense.TxnDate!,
    Amount: Amount!,
    HasBeenInvoiced: false,
    LinkedTxn: [{ TxnId: expense.Id!, TxnType: entity, TxnLineId: line.Id! }],
    Line: [
      {
        Id: '1',
        Amount: Amount!,
        ...(Description === undefined ? {} : { Description }),
        DetailType: 'ReimburseLineDetail',
        ReimburseLineDetail,
      },
    ],
  };
}

/**
 * Keeps a charge to the customer for each billable line of a bill or purchase: made with the line, changed with
 * it, gone with it. A line that was billed keeps its charge.
 */
export function keepCharges(
  context: RuleContext,
  entity: Expense,
  after: Body | undefined,
  before: Body | undefined,
): void {
  const { unit, company } = context;
  const kept = new Set<string>();
  const lines = rowsOf(after, 'Line').map((line) => {
    const id = chargeIdOf(line);
    const known = company.store.find('ReimburseCharge', id);
    if (known && (!isBillable(line) || known.HasBeenInvoiced === true)) {
      if (known.HasBeenInvoiced === true) kept.add(id!);
      return line;
    }
    if (!isBillable(line)) return line;
    const charge = chargeOf(entity, after!, line);
    if (known) unit.put('ReimburseCharge', { ...known, ...charge });
    const chargeId = known ? id! : textOf(unit.create('ReimburseCharge', charge), 'Id')!;
    kept.add(chargeId);
    const others = rowsOf(line, 'LinkedTxn').filter(({ TxnId }) => TxnId !== chargeId);
    return { ...line, LinkedTxn: [...others, { TxnId: chargeId, TxnType: 'ReimburseCharge' }] };
  });
  for (const line of rowsOf(before, 'Line')) {
    const id = chargeIdOf(line);
    if (id !== undefined && !kept.has(id) && company.store.find('ReimburseCharge', id))
      unit.remove('ReimburseCharge', id);
  }
  if (after && kept.size > 0) unit.put(entity, { ...after, Line: lines });
}

function chargeIdsOf(invoice: Body | undefined): string[] {
  const links = [invoice, ...rowsOf(invoice, 'Line')].flatMap((one) => rowsOf(one, 'LinkedTxn'));
  return links.filter(({ TxnType }) => TxnType === 'ReimburseCharge').map(({ TxnId }) => TxnId as string);
}

/** Marks a charge and the line it came from as billed, or as to be billed again. */
function mark(context: RuleContext, chargeId: string, invoiceId: string | null): void {
  const { unit, company } = context;
  const charge = company.store.find('ReimburseCharge', chargeId);
  if (!charge) return;
  const links = rowsOf(charge, 'LinkedTxn').filter(({ TxnType }) => TxnType !== 'Invoice');
  const [source] = links;
  const LinkedTxn = invoiceId === null ? links : [...links, { TxnId: invoiceId, TxnType: 'Invoice' }];
  unit.put('ReimburseCharge', { ...charge, HasBeenInvoiced: invoiceId !== null, LinkedTxn });
  const entity = source?.TxnType as Expense | undefined;
  const expense = entity && company.store.find(entity, textOf(source, 'TxnId'));
  if (!entity || !expense) return;
  const BillableStatus = invoiceId === null ? 'Billable' : 'HasBeenBilled';
  const Line = rowsOf(expense, 'Line').map((line) => {
    const found = detailOf(line);
    if (chargeIdOf(line) !== chargeId || !found) return line;
    return { ...line, [found.name]: { ...found.detail, BillableStatus } };
  });
  unit.put(entity, { ...expense, Line });
}

/** An invoice that links charges bills them; without the link, or the invoice, they are open again. */
export function billCharges(context: RuleContext, after: Body | undefined, before: Body | undefined): void {
  const [now, earlier] = [chargeIdsOf(after), chargeIdsOf(before)];
  for (const id of earlier) if (!now.includes(id)) mark(context, id, null);
  for (const id of now) if (!earlier.includes(id)) mark(context, id, textOf(after, 'Id')!);
}
