import type { EntityName } from '../catalog.ts';
import { currencyFor } from '../currency.ts';
import { type Body, isBody, refOf, rowsOf, textOf } from '../json.ts';
import { openAccountOf } from '../ledger/accounts.ts';
import { keepCharges } from './billable.ts';
import { unapplyBeforeDelete, withBalance } from './balance-due.ts';
import { completeLined, requireFields } from './lined.ts';
import { nameValue } from './name-value.ts';
import type { Rules, RuleContext } from './rule-context.ts';
import { homeAmounts, partyCurrency, voidedNote } from './sale.ts';

/** A new document to a vendor is addressed to where the vendor is, unless it says so. */
function vendorAddress(vendor: Body | undefined, draft: Body, before: Body | undefined): Body {
  const VendorAddr = vendor?.BillAddr;
  return !before && draft.VendorAddr === undefined && isBody(VendorAddr) ? { VendorAddr } : {};
}

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
        ...vendorAddress(vendor, draft, before),
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

/** The kind of a purchase as QBO's own lists number it: a check, a card's expense or credit, cash. */
function kindOf({ PaymentType: type, Credit: isCredit }: Body): string {
  if (type === 'Check') return '3';
  return isCredit === true ? '11' : '54';
}

const PURCHASE_ORDER = { POStatus: 'Open', EmailStatus: 'NotSet', CustomField: [], LinkedTxn: [] };

/** What a purchase or purchase order has beside what was sent of it, as recorded. */
function ofItsKind(
  { company }: RuleContext,
  entity: EntityName,
  draft: Body,
  before: Body | undefined,
): Body {
  if (entity === 'Purchase')
    return {
      ...(draft.PaymentType === 'CreditCard' ? { Credit: draft.Credit ?? false } : {}),
      PurchaseEx: { any: [nameValue('TxnType', kindOf(draft))] },
    };
  const vendor = company.store.find('Vendor', refOf(draft, 'VendorRef'));
  const account = openAccountOf(company.store, 'payable', draft, company.homeCurrency, company.homeCurrency);
  const own = {
    ...PURCHASE_ORDER,
    APAccountRef: { value: account },
    ...vendorAddress(vendor, draft, before),
  };
  return Object.fromEntries(Object.entries(own).filter(([field]) => draft[field] === undefined));
}

/** Purchases and purchase orders: lines and a total, nothing left open. */
export function linedRules(entity: EntityName, ...needs: string[]): Rules {
  return {
    complete(context, draft, before) {
      requireFields(draft, ...needs);
      const currency = currencyFor(context.company, draft);
      const lined = completeLined(context, entity, draft, before, currency);
      return { ...lined, ...ofItsKind(context, entity, draft, before) };
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
