import type { EntityName } from '../catalog.ts';
import { type Body, textOf } from '../json.ts';
import { currencyOf } from '../currency-of.ts';
import type { Store } from '../store.ts';
import { ACCOUNT, EXCHANGE_GAIN_OR_LOSS, accountNamed, openAccountOf } from './accounts.ts';
import { postBillPayment, postPayment } from './post-payments.ts';
import {
  postCardPayment,
  postDeposit,
  postJournalEntry,
  postOwed,
  postPurchase,
  postTransfer,
} from './post-purchases.ts';
import { postCreditMemo, postInvoice, postReceipt } from './post-sales.ts';
import type { PostingContext } from './posting-context.ts';
import { type Draft, type Posting, converted } from './posting.ts';

type Poster = (context: PostingContext, body: Body) => Draft[];

const POSTERS: Partial<Record<EntityName, Poster>> = {
  Invoice: postInvoice,
  CreditMemo: postCreditMemo,
  SalesReceipt: postReceipt(1),
  RefundReceipt: postReceipt(-1),
  Payment: postPayment,
  Bill: postOwed('Bill', 1),
  VendorCredit: postOwed('VendorCredit', -1),
  BillPayment: postBillPayment,
  Purchase: postPurchase,
  Deposit: postDeposit(ACCOUNT.undepositedFunds),
  JournalEntry: postJournalEntry,
  Transfer: postTransfer,
  CreditCardPayment: postCardPayment,
  InventoryAdjustment: () => [],
};

export function posts(entity: EntityName): boolean {
  return POSTERS[entity] !== undefined;
}

/** Documents that settle others are posted after them. */
export function settlesOthers(entity: EntityName): boolean {
  return entity === 'Payment' || entity === 'BillPayment';
}

/**
 * What a document posts by itself, balanced in home currency; the cost of what it sells follows from the item.
 * Estimates, orders and the like post nothing.
 */
export function postingsFor(store: Store, entity: EntityName, body: Body): Posting[] {
  const poster = POSTERS[entity];
  if (!poster) return [];
  const home = store.homeCurrency;
  const currency = currencyOf(body);
  const context: PostingContext = {
    store,
    ledger: store.ledger,
    currency,
    home,
    openAccount: (kind, document, own) =>
      own !== undefined && currency === home ? own : openAccountOf(store, kind, document, currency, home),
  };
  return converted(poster(context, body), {
    currency,
    rate: body.ExchangeRate,
    home,
    decimals: store.decimals,
    gainAccount: textOf(accountNamed(store, EXCHANGE_GAIN_OR_LOSS), 'Id'),
  });
}
