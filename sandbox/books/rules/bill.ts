import type { EntityName } from '../catalog.ts';
import { currencyFor } from '../currency.ts';
import { refOf, rowsOf, textOf } from '../json.ts';
import { openAccountOf } from '../ledger/accounts.ts';
import { keepCharges } from './billable.ts';
import { unapplyBeforeDelete, withBalance } from './balance-due.ts';
import { completeLined, requireFields } from './lined.ts';
import type { Rules } from './rule-context.ts';
import { homeAmounts, partyCurrency, voidedNote } from './sale.ts';

/**
 * Bills and vendor credits: open until a bill payment settles them. A bill without terms is due on its date.
 */
export function owedToVendor(entity: 'Bill' | 'VendorCredit'): Rules {
  return {
    complete(context, draft, before) {
      requireFields(draft, 'VendorRef');
      const vendor = context.company.store.find('Vendor', refOf(draft, 'VendorRef'));
      const CurrencyRef = partyCurrency(context, draft, vendor);
      const lined = completeLined(context, entity, draft, before, CurrencyRef);
      const linked = { ...lined, LinkedTxn: before?.LinkedTxn ?? [] };
      const owed = withBalance(context, 'BillPayment', entity, linked, before);
      const { store, homeCurrency } = context.company;
      const account = openAccountOf(store, 'payable', draft, textOf(CurrencyRef, 'value')!, homeCurrency);
      return {
        ...owed,
        APAccountRef: { value: account },
        ...homeAmounts(context, owed, 'TotalAmt', 'Balance'),
        ...(entity === 'Bill' ? { DueDate: draft.DueDate ?? owed.TxnDate } : {}),
      };
    },
    afterWrite(context, after, before) {
      if (entity === 'Bill') keepCharges(context, entity, after, before);
    },
    beforeDelete(context, body) {
      unapplyBeforeDelete(context, 'BillPayment', entity, body);
      if (entity === 'Bill') keepCharges(context, entity, undefined, body);
    },
  };
}

/** Purchases and purchase orders: lines and a total, nothing left open. */
export function linedRules(entity: EntityName, ...needs: string[]): Rules {
  return {
    complete(context, draft, before) {
      requireFields(draft, ...needs);
      return completeLined(context, entity, draft, before, currencyFor(context.company, draft));
    },
    afterWrite(context, after, before) {
      if (entity === 'Purchase') keepCharges(context, entity, after, before);
    },
    beforeDelete(context, body) {
      if (entity === 'Purchase') keepCharges(context, entity, undefined, body);
    },
    voided(context, body) {
      const Line = rowsOf(body, 'Line').map((line) => ({ ...line, Amount: 0 }));
      return { ...body, Line, TotalAmt: 0, PrivateNote: voidedNote(context, body) };
    },
  };
}
