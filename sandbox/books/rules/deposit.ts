import type { EntityName } from '../catalog.ts';
import { currencyFor } from '../currency.ts';
import { currencyOf } from '../currency-of.ts';
import { badReference, businessRule, objectNotFound, required } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { accountTypeOf } from '../ledger/accounts.ts';
import { majorOf, minorOf } from '../money.ts';
import { dated, requireFields } from './lined.ts';
import { unapplyOpenParts } from './open-part.ts';
import type { RuleContext, Rules } from './rule-context.ts';
import { homeAmounts } from './sale.ts';

/** Documents whose money waits in Undeposited Funds. */
const DEPOSITED: readonly EntityName[] = [
  'Payment',
  'SalesReceipt',
  'RefundReceipt',
  'JournalEntry',
  'Transfer',
];

interface Source {
  entity: EntityName;
  body: Body;
}

function linkOf(line: Body): Body | undefined {
  return rowsOf(line, 'LinkedTxn')[0];
}

/** What a line deposits, when it deposits a document; null for money entered directly. */
function sourceOf(context: RuleContext, line: Body): Source | null {
  const link = linkOf(line);
  if (!link) return null;
  const type = textOf(link, 'TxnType');
  const entity = DEPOSITED.find((one) => one === type);
  if (!entity) return null;
  const body = context.company.store.find(entity, textOf(link, 'TxnId'));
  if (!body) throw objectNotFound();
  return { entity, body };
}

function checkLine(context: RuleContext, line: Body, ownId: string | undefined): void {
  requireFields(line, 'Amount');
  const source = sourceOf(context, line);
  const detail = partOf(line, 'DepositLineDetail');
  if (source && line.DepositLineDetail !== undefined)
    throw businessRule('Select a bank account for this deposit.');
  if (source && linkOf(line)?.TxnLineId === undefined) throw required('LinkedTxn.TxnLineId');
  if (source) return checkSource(source, ownId);
  if (refOf(detail, 'AccountRef') === undefined) throw required('DepositLineDetail.AccountRef');
  const type = accountTypeOf(context.company.store, refOf(detail, 'AccountRef'));
  const { bankLineOfDeposit } = context.company.world.switches;
  if (type === 'Bank' && bankLineOfDeposit === 'refuse')
    throw badReference('Accounts', refOf(detail, 'AccountRef')!, 'AccountRef');
  if (type === 'Accounts Receivable' && partOf(detail, 'Entity').value === undefined)
    throw businessRule('When you use Accounts Receivable, you must choose a customer in the Name field.');
}

function checkSource({ body }: Source, ownId: string | undefined): void {
  const other = rowsOf(body, 'LinkedTxn').find((link) => link.TxnType === 'Deposit' && link.TxnId !== ownId);
  if (other) throw businessRule('This transaction has already been deposited.');
}

/**
 * Links what is deposited to its deposit, or takes the link away. Its token does not move; nor does its time, but
 * for a payment where a switch has that raise an event.
 */
function annotateSources(context: RuleContext, deposit: Body, isDeposited: boolean): void {
  const link = { TxnId: deposit.Id, TxnType: 'Deposit' };
  for (const line of rowsOf(deposit, 'Line')) {
    const source = sourceOf(context, line);
    if (!source) continue;
    const others = rowsOf(source.body, 'LinkedTxn').filter((one) => one.TxnId !== deposit.Id);
    const LinkedTxn = isDeposited ? [...others, link] : others;
    const body = { ...source.body, LinkedTxn };
    if (source.entity === 'Payment' && context.company.world.switches.paymentEventOnDeposit) {
      context.unit.announce('Payment', textOf(body, 'Id')!, 'Update', { keepsToken: true });
      context.unit.put('Payment', body);
    } else context.unit.annotate(source.entity, body);
  }
}

/**
 * Money into a bank account. A line links a document whose money waits in Undeposited Funds, which can no
 * longer be changed then (6540), or books money directly to an account; a negative one takes a fee off.
 */
export const depositRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'DepositToAccountRef');
    const account = refOf(draft, 'DepositToAccountRef')!;
    const type = accountTypeOf(context.company.store, account);
    if (type !== 'Bank' && type !== 'Other Current Asset')
      throw badReference('Accounts', account, 'DepositToAccountRef');
    const lines = rowsOf(draft, 'Line');
    if (lines.length === 0) throw required('Line');
    for (const line of lines) checkLine(context, line, textOf(before, 'Id'));
    if (before) unapplyOpenParts(context, 'Deposit', before);
    const CurrencyRef = currencyFor(
      context.company,
      draft,
      currencyOf(context.company.store.find('Account', account)),
    );
    const currency = textOf(CurrencyRef, 'value')!;
    const sum = lines.reduce((total, line) => total + minorOf(line.Amount, currency), 0);
    const total = sum - minorOf(partOf(draft, 'CashBack').Amount, currency);
    const { negativeDeposit, foreignDepositRate } = context.company.world.switches;
    if (total < 0 && negativeDeposit === 'refuse')
      throw businessRule('The total of a deposit must be zero or more.');
    if (
      currency !== context.company.homeCurrency &&
      draft.ExchangeRate !== undefined &&
      foreignDepositRate === 'refuse'
    )
      throw businessRule('An exchange rate cannot be given for a deposit into this account.');
    let number = 0;
    const body = {
      ...dated(context, draft, before),
      CurrencyRef,
      Line: lines.map((line) =>
        line.DepositLineDetail === undefined
          ? line
          : {
              ...line,
              Id: String((number += 1)),
              LineNum: number,
              DetailType: 'DepositLineDetail',
              CustomExtensions: line.CustomExtensions ?? [],
            },
      ),
      TxnTaxDetail: draft.TxnTaxDetail ?? {},
      TotalAmt: majorOf(total, currency),
    };
    return { ...body, ...homeAmounts(context, body, 'TotalAmt') };
  },
  afterWrite(context, after, before) {
    if (before) annotateSources(context, before, false);
    annotateSources(context, after, true);
  },
  beforeDelete(context, body) {
    unapplyOpenParts(context, 'Deposit', body);
    annotateSources(context, body, false);
  },
};
