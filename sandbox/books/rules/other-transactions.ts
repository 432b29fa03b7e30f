import type { EntityName } from '../catalog.ts';
import { currencyFor } from '../currency.ts';
import { businessRule, required } from '../fault.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { majorOf, minorOf } from '../money.ts';
import { numbered } from './numbering.ts';
import { unapplyBeforeDelete, withBalance } from './balance-due.ts';
import type { Rules, RuleContext } from './rule-context.ts';
import { homeAmounts, partyCurrency, voidedNote } from './sale.ts';

function requireFields(draft: Body, ...fields: string[]): void {
  for (const field of fields) if (draft[field] === undefined) throw required(field);
}

function identifiedLines(draft: Body): Body[] {
  return rowsOf(draft, 'Line').map((line, index): Body => ({
    ...line,
    Id: String(index + 1),
    LineNum: index + 1,
  }));
}

function dated(context: RuleContext, draft: Body, before: Body | undefined): Body {
  return {
    ...draft,
    TxnDate: textOf(draft, 'TxnDate') ?? textOf(before, 'TxnDate') ?? context.company.today(),
  };
}

/** Number, date, numbered lines and their sum: what bills, purchases, orders and credits have in common. */
function completeLined(
  context: RuleContext,
  entity: EntityName,
  draft: Body,
  before: Body | undefined,
  CurrencyRef: Body,
): Body {
  if (rowsOf(draft, 'Line').length === 0) throw required('Line');
  const currency = textOf(CurrencyRef, 'value')!;
  for (const line of rowsOf(draft, 'Line')) requireFields(line, 'Amount');
  const Line = identifiedLines(draft);
  const total = Line.reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
  const body = {
    ...dated(context, numbered(context, entity, draft, before), before),
    CurrencyRef,
    Line,
    TotalAmt: majorOf(total, currency),
  };
  return { ...body, ...homeAmounts(context, body, 'TotalAmt') };
}

/** Bills and vendor credits: owed until a bill payment settles them. */
export function owedToVendor(entity: 'Bill' | 'VendorCredit'): Rules {
  return {
    complete(context, draft, before) {
      requireFields(draft, 'VendorRef');
      const vendor = context.company.store.find('Vendor', refOf(draft, 'VendorRef'));
      const lined = completeLined(context, entity, draft, before, partyCurrency(context, draft, vendor));
      const owed = withBalance(
        context,
        'BillPayment',
        entity,
        { ...lined, LinkedTxn: before?.LinkedTxn ?? [] },
        before,
      );
      return {
        APAccountRef: { value: '33' },
        ...owed,
        ...(entity === 'Bill' ? { DueDate: draft.DueDate ?? owed.TxnDate } : {}),
      };
    },
    beforeDelete(context, body) {
      unapplyBeforeDelete(context, 'BillPayment', entity, body);
    },
  };
}

/** Purchases, orders and deposits: lines and a total, nothing left open. */
export function linedRules(entity: EntityName, ...needs: string[]): Rules {
  return {
    complete(context, draft, before) {
      requireFields(draft, ...needs);
      return completeLined(context, entity, draft, before, currencyFor(context.company, draft));
    },
    voided(context, body) {
      const Line = rowsOf(body, 'Line').map((line) => ({ ...line, Amount: 0 }));
      return { ...body, Line, TotalAmt: 0, PrivateNote: voidedNote(context, body) };
    },
  };
}

/**
 * A deposit moves payments and other money into a bank account; a linked payment can no longer be changed
 * (6540).
 */
export const depositRules: Rules = linedRules('Deposit', 'DepositToAccountRef');

/** A journal entry balances: debits equal credits. */
export const journalRules: Rules = {
  complete(context, draft, before) {
    const CurrencyRef = currencyFor(context.company, draft);
    const body = completeLined(context, 'JournalEntry', draft, before, CurrencyRef);
    const currency = textOf(CurrencyRef, 'value')!;
    const sumOf = (posting: string): number =>
      rowsOf(body, 'Line')
        .filter((line) => partOf(line, 'JournalEntryLineDetail').PostingType === posting)
        .reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
    if (sumOf('Debit') !== sumOf('Credit'))
      throw businessRule('Total debits and total credits must be the same.');
    return { ...body, Adjustment: draft.Adjustment ?? false, TotalAmt: majorOf(sumOf('Debit'), currency) };
  },
};

export const transferRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'FromAccountRef', 'ToAccountRef', 'Amount');
    return { ...dated(context, draft, before), CurrencyRef: currencyFor(context.company, draft) };
  },
  voided(context, body) {
    return { ...body, Amount: 0, PrivateNote: voidedNote(context, body) };
  },
};

export const timeRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'NameOf');
    requireFields(draft, draft.NameOf === 'Vendor' ? 'VendorRef' : 'EmployeeRef');
    return { BillableStatus: 'NotBillable', Taxable: false, ...dated(context, draft, before) };
  },
};

/** Records with required fields and no rule beyond them. */
export function recordOnly(needs: string[], defaults: Body = {}): Rules {
  return {
    complete(_context, draft) {
      requireFields(draft, ...needs);
      return { ...defaults, ...draft };
    },
  };
}
