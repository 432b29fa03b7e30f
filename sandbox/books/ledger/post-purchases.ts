import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { minorOf } from '../money.ts';
import type { Store } from '../store.ts';
import { ACCOUNT, isPayable, isReceivable } from './accounts.ts';
import type { PostingContext } from './posting-context.ts';
import { type Draft, type Party, openItemKey } from './posting.ts';

/** Where a line without an account goes, by the name QBO gives the account. */
const COST_OF_GOODS_SOLD = '80';

function expenseAccountOf(store: Store, line: Body): string {
  const account = refOf(partOf(line, 'AccountBasedExpenseLineDetail'), 'AccountRef');
  const item = store.find('Item', refOf(partOf(line, 'ItemBasedExpenseLineDetail'), 'ItemRef'));
  return account ?? refOf(item, 'AssetAccountRef') ?? refOf(item, 'ExpenseAccountRef') ?? COST_OF_GOODS_SOLD;
}

/** The item whose stock a line adds to. */
function stockOf(store: Store, line: Body): Pick<Draft, 'item'> {
  const id = refOf(partOf(line, 'ItemBasedExpenseLineDetail'), 'ItemRef');
  return id !== undefined && store.find('Item', id)?.Type === 'Inventory' ? { item: id } : {};
}

function spentDrafts({ store, currency }: PostingContext, body: Body, sign: 1 | -1): Draft[] {
  const tax = minorOf(partOf(body, 'TxnTaxDetail').TotalTax, currency);
  const lines = rowsOf(body, 'Line').map((line): Draft => ({
    account: expenseAccountOf(store, line),
    amount: sign * minorOf(line.Amount, currency),
    line: textOf(line, 'Id')!,
    ...stockOf(store, line),
  }));
  return [...lines, { account: ACCOUNT.salesTaxPayable, amount: sign * tax }];
}

/** A bill credits what is owed to the vendor, a vendor credit (`sign` -1) debits it. */
export function postOwed(entity: 'Bill' | 'VendorCredit', sign: 1 | -1) {
  return (context: PostingContext, body: Body): Draft[] => {
    const party: Party = { type: 'Vendor', id: refOf(body, 'VendorRef')! };
    return [
      {
        account: context.openAccount('payable', body),
        amount: -sign * minorOf(body.TotalAmt, context.currency),
        party,
        openItem: openItemKey(entity, textOf(body, 'Id')!, party.id),
      },
      ...spentDrafts(context, body, sign),
    ];
  };
}

/** Money already spent; a credit card credit (`Credit`) is the other way round. */
export function postPurchase(context: PostingContext, body: Body): Draft[] {
  const sign = body.Credit === true ? -1 : 1;
  return [
    { account: refOf(body, 'AccountRef')!, amount: -sign * minorOf(body.TotalAmt, context.currency) },
    ...spentDrafts(context, body, sign),
  ];
}

/** The open item of a line on accounts receivable or payable: what a deposit or journal leaves with someone. */
function openPart(
  store: Store,
  entity: string,
  body: Body,
  account: string,
  party: Party | undefined,
): Pick<Draft, 'party' | 'openItem'> {
  if (!party) return {};
  const isOpen = isReceivable(store, account) || isPayable(store, account);
  return { party, ...(isOpen ? { openItem: openItemKey(entity, textOf(body, 'Id')!, party.id) } : {}) };
}

const PARTIES: Record<string, Party['type']> = {
  customer: 'Customer',
  vendor: 'Vendor',
  employee: 'Employee',
};

function partyFrom(type: string | undefined, id: string | undefined): Party | undefined {
  const known = PARTIES[(type ?? '').toLowerCase()];
  return known && id !== undefined ? { type: known, id } : undefined;
}

export function postJournalEntry({ store, currency }: PostingContext, body: Body): Draft[] {
  return rowsOf(body, 'Line').flatMap((line): Draft[] => {
    const detail = partOf(line, 'JournalEntryLineDetail');
    const account = refOf(detail, 'AccountRef');
    if (account === undefined) return [];
    const entity = partOf(detail, 'Entity');
    const party = partyFrom(textOf(entity, 'Type'), refOf(entity, 'EntityRef'));
    const sign = detail.PostingType === 'Credit' ? -1 : 1;
    return [
      {
        account,
        amount: sign * minorOf(line.Amount, currency),
        line: textOf(line, 'Id')!,
        ...openPart(store, 'JournalEntry', body, account, party),
      },
    ];
  });
}

export function postCardPayment({ currency }: PostingContext, body: Body): Draft[] {
  const amount = minorOf(body.Amount, currency);
  return [
    { account: refOf(body, 'CreditCardAccountRef')!, amount },
    { account: refOf(body, 'BankAccountRef')!, amount: -amount },
  ];
}

export function postTransfer({ currency }: PostingContext, body: Body): Draft[] {
  const amount = minorOf(body.Amount, currency);
  return [
    { account: refOf(body, 'ToAccountRef')!, amount },
    { account: refOf(body, 'FromAccountRef')!, amount: -amount },
  ];
}

/** Where a document that is deposited had put its money. */
function sourceAccountOf(store: Store, line: Body, fallback: string): string {
  const link = rowsOf(line, 'LinkedTxn')[0];
  const type = textOf(link, 'TxnType');
  if (type !== 'Payment' && type !== 'SalesReceipt' && type !== 'RefundReceipt') return fallback;
  return refOf(store.find(type, textOf(link, 'TxnId')), 'DepositToAccountRef') ?? fallback;
}

/**
 * Money into a bank account: out of undeposited funds by links, out of any account by direct lines; cash kept
 * back.
 */
export function postDeposit(undeposited: string) {
  return ({ store, currency }: PostingContext, body: Body): Draft[] => {
    const cashBack = partOf(body, 'CashBack');
    const lines = rowsOf(body, 'Line').map((line): Draft => {
      const detail = partOf(line, 'DepositLineDetail');
      const account = refOf(detail, 'AccountRef') ?? sourceAccountOf(store, line, undeposited);
      const entity = partOf(detail, 'Entity');
      const party = partyFrom(textOf(entity, 'type') ?? textOf(entity, 'Type'), textOf(entity, 'value'));
      return {
        account,
        amount: -minorOf(line.Amount, currency),
        ...(textOf(line, 'Id') === undefined ? {} : { line: textOf(line, 'Id')! }),
        ...openPart(store, 'Deposit', body, account, party),
      };
    });
    return [
      { account: refOf(body, 'DepositToAccountRef')!, amount: minorOf(body.TotalAmt, currency) },
      { account: refOf(cashBack, 'AccountRef') ?? undeposited, amount: minorOf(cashBack.Amount, currency) },
      ...lines,
    ];
  };
}
