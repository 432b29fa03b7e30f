import { currencyFor } from '../currency.ts';
import { badEnum, badReference, businessRule, required } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { accountTypeOf, isPayable, isReceivable } from '../ledger/accounts.ts';
import { minorOf } from '../money.ts';
import { dated, requireFields } from './lined.ts';
import { numbered } from './numbering.ts';
import { unapplyOpenParts } from './open-part.ts';
import type { RuleContext, Rules } from './rule-context.ts';
import { homeAmounts, voidedNote } from './sale.ts';

function checkLine({ company }: RuleContext, line: Body): void {
  requireFields(line, 'Amount');
  const detail = partOf(line, 'JournalEntryLineDetail');
  const posting = textOf(detail, 'PostingType');
  if (posting === undefined) throw required('PostingType');
  if (posting !== 'Debit' && posting !== 'Credit') throw badEnum('PostingType', posting);
  const account = refOf(detail, 'AccountRef');
  if (account === undefined) throw required('AccountRef');
  const party = textOf(partOf(detail, 'Entity'), 'Type');
  if (isReceivable(company.store, account) && party !== 'Customer')
    throw businessRule('When you use Accounts Receivable, you must choose a customer in the Name field.');
  if (isPayable(company.store, account) && party !== 'Vendor')
    throw businessRule('When you use Accounts Payable, you must choose a vendor in the Name field.');
}

/** What a journal entry leaves open with customers: another account on its other side changes nothing of that. */
function openPartsOf({ company }: RuleContext, body: Body): string {
  const parts = rowsOf(body, 'Line').flatMap((line) => {
    const detail = partOf(line, 'JournalEntryLineDetail');
    const account = refOf(detail, 'AccountRef');
    if (!isReceivable(company.store, account)) return [];
    return [[account, detail.PostingType, line.Amount, refOf(partOf(detail, 'Entity'), 'EntityRef')]];
  });
  return JSON.stringify([refOf(body, 'CurrencyRef'), parts]);
}

/**
 * A journal entry balances: debits equal credits. What it leaves on A/R with a customer can be used by
 * payments.
 */
export const journalRules: Rules = {
  complete(context, draft, before) {
    if (rowsOf(draft, 'Line').length === 0) throw required('Line');
    for (const line of rowsOf(draft, 'Line')) checkLine(context, line);
    const CurrencyRef = currencyFor(context.company, draft);
    const currency = textOf(CurrencyRef, 'value')!;
    const sumOf = (posting: string): number =>
      rowsOf(draft, 'Line')
        .filter((line) => partOf(line, 'JournalEntryLineDetail').PostingType === posting)
        .reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
    if (sumOf('Debit') !== sumOf('Credit'))
      throw businessRule('Total debits and total credits must be the same.');
    if (before && openPartsOf(context, before) !== openPartsOf(context, draft))
      unapplyOpenParts(context, 'JournalEntry', before);
    const body = {
      ...dated(context, numbered(context, 'JournalEntry', draft, before), before),
      CurrencyRef,
      Line: rowsOf(draft, 'Line').map((line, index): Body => ({
        ...line,
        Id: String(index),
        CustomExtensions: line.CustomExtensions ?? [],
      })),
      TxnTaxDetail: draft.TxnTaxDetail ?? {},
      Adjustment: draft.Adjustment ?? false,
      TotalAmt: 0,
    };
    return { ...body, ...homeAmounts(context, body, 'TotalAmt') };
  },
  beforeDelete(context, body) {
    unapplyOpenParts(context, 'JournalEntry', body);
  },
};

export const transferRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'FromAccountRef', 'ToAccountRef', 'Amount');
    if (refOf(draft, 'FromAccountRef') === refOf(draft, 'ToAccountRef'))
      throw businessRule('You cannot transfer from an account to itself.');
    return { ...dated(context, draft, before), CurrencyRef: currencyFor(context.company, draft) };
  },
  voided(context, body) {
    return { ...body, Amount: 0, PrivateNote: voidedNote(context, body) };
  },
};

/** A credit card paid from the bank. */
export const cardPaymentRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'BankAccountRef', 'CreditCardAccountRef', 'Amount');
    const card = refOf(draft, 'CreditCardAccountRef')!;
    if (accountTypeOf(context.company.store, card) !== 'Credit Card')
      throw badReference('Accounts', card, 'CreditCardAccountRef');
    return { ...dated(context, draft, before), CurrencyRef: currencyFor(context.company, draft) };
  },
};
