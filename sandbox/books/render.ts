import type { EntityName } from './catalog.ts';
import { currencyOf } from './currency-of.ts';
import { type Body, type Json, isBody, refOf, textOf } from './json.ts';
import { majorOf, minorOf } from './money.ts';
import { targetOf } from './references.ts';
import type { Row } from './company-state.ts';
import { shownFields } from './shown-fields.ts';
import { nameShown, type Store } from './store.ts';

/** References that travel without a name, as recorded, but for those of the list after it. */
const NAMELESS = new Set([
  'DepositToAccountRef',
  'DefaultTaxCodeRef',
  'TaxCodeRef',
  'SalesTermRef',
  'TxnTaxCodeRef',
  'TaxRateRef',
  'ParentRef',
  'TermRef',
  'AgencyRef',
  'PaymentMethodRef',
]);
const NAMED = new Set([
  'Invoice.SalesTermRef',
  'Deposit.DepositToAccountRef',
  'SalesReceipt.DepositToAccountRef',
  'SalesReceipt.PaymentMethodRef',
  'RefundReceipt.DepositToAccountRef',
  'RefundReceipt.PaymentMethodRef',
]);

function hasName(owner: EntityName, field: string): boolean {
  return !NAMELESS.has(field) || NAMED.has(`${owner}.${field}`);
}

function nameOf(store: Store, field: string, owner: EntityName, id: string): string | undefined {
  const target = targetOf(field, owner);
  return target && nameShown(store.find(target, id));
}

/** The payee of a purchase, whose reference says of what kind it is. */
function entityName(store: Store, owner: EntityName, payee: Body): string | undefined {
  const kind = (['Vendor', 'Customer', 'Employee'] as const).find((one) => one === payee.type);
  return owner === 'Purchase' && kind ? nameShown(store.find(kind, textOf(payee, 'value'))) : undefined;
}

function rendered(store: Store, owner: EntityName, value: Json, field: string): Json {
  if (Array.isArray(value)) return value.map((one) => rendered(store, owner, one, ''));
  if (!isBody(value)) return value;
  const id = textOf(value, 'value');
  if (id !== undefined && field.endsWith('Ref') && hasName(owner, field)) {
    const name = field === 'EntityRef' ? entityName(store, owner, value) : nameOf(store, field, owner, id);
    return name === undefined ? value : { ...value, value: id, name };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      one === undefined ? one : rendered(store, owner, one, key),
    ]),
  );
}

/** Rendered records by body, valid for one `nameRevision`. Bodies are replaced, never changed. */
const renderings = new WeakMap<Body, { nameRevision: number; body: Body }>();

/** The text of each rendered record, from when it is first written on; null until then. */
const texts = new WeakMap<Readonly<Body>, string | null>();

/** Credit cards are shown with what is owed as a positive balance, all else with debits positive. */
function accountBalance(store: Store, account: Body): number {
  const classification = textOf(account, 'Classification') ?? '';
  const balance = store.shownBalance(textOf(account, 'Id')!, currencyOf(account), classification);
  return account.AccountType === 'Credit Card' ? -balance : balance;
}

/** The account with its balance as the ledger has it; income and expenses are shown without one. */
export function accountWithBalance(store: Store, account: Body): Body {
  const children = store.all('Account').filter((one) => refOf(one, 'ParentRef') === account.Id);
  const currency = currencyOf(account);
  const own = accountBalance(store, account);
  const total = children.reduce(
    (sum, child) => sum + minorOf(accountWithBalance(store, child).CurrentBalanceWithSubAccounts, currency),
    own,
  );
  return {
    ...account,
    CurrentBalance: majorOf(own, currency),
    CurrentBalanceWithSubAccounts: majorOf(total, currency),
  };
}

/**
 * The record as the API shows it: references carry the present name of what they point at. Cached: callers
 * must not change it.
 */
export function render(store: Store, entity: EntityName, body: Body): Readonly<Body> {
  if (entity === 'Account') return accountWithBalance(store, rendered(store, entity, body, '') as Body);
  const known = renderings.get(body);
  if (known?.nameRevision === store.nameRevision) return known.body;
  const fresh = shownFields(store, entity, rendered(store, entity, body, '') as Body);
  renderings.set(body, { nameRevision: store.nameRevision, body: fresh });
  texts.set(fresh, null);
  return fresh;
}

/** A value as JSON. Of a record that `render` answered the text is kept: most are asked for again as they are. */
export function jsonOf(value: Json): string {
  const kept = isBody(value) ? texts.get(value) : undefined;
  if (kept !== undefined && kept !== null) return kept;
  const text = JSON.stringify(value);
  if (kept === null) texts.set(value as Body, text);
  return text;
}

/** What is left to see of a deleted record in change data capture. */
export function tombstone(row: Row): Body {
  return {
    status: 'Deleted',
    domain: 'QBO',
    Id: row.body.Id,
    MetaData: { LastUpdatedTime: (row.body.MetaData as Body).LastUpdatedTime },
  };
}
