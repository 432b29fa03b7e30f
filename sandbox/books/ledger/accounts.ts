import { type Body, refOf, textOf } from '../json.ts';
import type { Store } from '../store.ts';

/** Accounts the books post to by themselves, by the Id a new company has them under. */
export const ACCOUNT = {
  services: '1',
  undepositedFunds: '4',
  payable: '33',
  openingBalanceEquity: '34',
  receivable: '84',
  discountsGiven: '86',
  salesTaxPayable: '90',
} as const;

const RECEIVABLE = 'Accounts Receivable';
const PAYABLE = 'Accounts Payable';
export const EXCHANGE_GAIN_OR_LOSS = 'Exchange Gain or Loss';

export function accountTypeOf(store: Store, id: string | undefined): string | undefined {
  return textOf(store.find('Account', id), 'AccountType');
}

export function isReceivable(store: Store, id: string | undefined): boolean {
  return accountTypeOf(store, id) === RECEIVABLE;
}

export function isPayable(store: Store, id: string | undefined): boolean {
  return accountTypeOf(store, id) === PAYABLE;
}

/** The account of this name, active or not. */
export function accountNamed(store: Store, name: string): Body | undefined {
  const bearer = store.bearerOf('Account', name);
  return bearer && store.find('Account', bearer.id);
}

/** `Accounts Receivable (A/R)` for the home currency, `Accounts Receivable (A/R) - EUR` for another. */
export function openAccountName(kind: 'receivable' | 'payable', currency: string | null): string {
  const name = kind === 'receivable' ? 'Accounts Receivable (A/R)' : 'Accounts Payable (A/P)';
  return currency === null ? name : `${name} - ${currency}`;
}

/** The receivable or payable account of a document: its own, else the one of its currency. */
export function openAccountOf(
  store: Store,
  kind: 'receivable' | 'payable',
  body: Body,
  currency: string,
  home: string,
): string {
  const own = refOf(body, kind === 'receivable' ? 'ARAccountRef' : 'APAccountRef');
  const ofCurrency = currency === home ? undefined : accountNamed(store, openAccountName(kind, currency));
  const standard = kind === 'receivable' ? ACCOUNT.receivable : ACCOUNT.payable;
  if (own !== undefined && (currency === home || own !== standard)) return own;
  return textOf(ofCurrency, 'Id') ?? own ?? standard;
}
