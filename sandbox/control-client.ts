import type { EntityName } from './books/catalog.ts';
import type { Body } from './books/json.ts';
import type { PlannedFault } from './http/fault-plan.ts';
import type { CallCount, JournalEntry } from './http/journal.ts';
import { controlRequest } from './control-request.ts';
import { StripeControl } from './stripe-control.ts';
import type { Switches } from './switches.ts';

export { SandboxRefusal } from './control-request.ts';
export { StripeControl } from './stripe-control.ts';
export type { CallCount, JournalEntry, PlannedFault };
/** A record as QBO shows it: Ids and SyncTokens are strings, money is numbers. */
export type QboRecord = Body & { Id: string; SyncToken: string };

/**
 * Money of a customer's that is no Payment; `apply_to` uses it on an invoice at once. Capitalised fields go
 * into the record.
 */
export interface CustomerMoney {
  customer_id: string;
  /** Major units. */
  amount: number;
  account_id?: string;
  apply_to?: string;
  [field: string]: unknown;
}

export interface CompanyView {
  realm_id: string;
  name: string;
  subscription: 'active' | 'ended';
  customers: number;
  invoices: number;
}

/** Speaks to a running sandbox from a test: one method for each control route. Throws `SandboxRefusal`. */
export class SandboxControl {
  readonly #url: string;
  /** What customers, banks and a bad network do at Stripe. */
  readonly stripe: StripeControl;

  /** `url` is where the sandbox listens, such as `http://127.0.0.1:8090`. */
  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
    this.stripe = new StripeControl(this.#url);
  }

  companies(): Promise<CompanyView[]> {
    return this.#call('GET', '/companies');
  }

  createCompany(
    company: {
      name?: string;
      realm_id?: string;
      fixtures?: boolean | 'sales';
      country?: 'US' | 'GB' | 'AU' | 'CA';
    } = {},
  ): Promise<CompanyView> {
    return this.#call('POST', '/companies', company);
  }

  /** Everything as it is, to be put back by `loadState`, into this sandbox or another. */
  saveState(): Promise<object> {
    return this.#call('GET', '/state');
  }

  loadState(state: object): Promise<{ companies: string[] }> {
    return this.#call('PUT', '/state', state);
  }

  /** Opens companies with records of their own: `{companies: [{realm_id, records: [{entity, body, as?}]}]}`. */
  seed(seed: object): Promise<{ companies: string[] }> {
    return this.#call('POST', '/seed', seed);
  }

  /** Everything forgotten: companies, faults, requests, `requestid`s; clock and switches as at the start. */
  reset(): Promise<{ companies: CompanyView[] }> {
    return this.#call('POST', '/reset');
  }

  /**
   * The whole balance by default. `unapplied` leaves it as the customer's credit. Capitalised fields go into
   * the Payment.
   */
  receivePayment(
    realm: string,
    invoiceId: string,
    payment: { amount?: number; date?: string; unapplied?: boolean; [field: string]: unknown } = {},
  ): Promise<QboRecord> {
    return this.#act(realm, 'receive-payment', { ...payment, invoice_id: invoiceId });
  }

  /** Money from a customer for whatever is open, oldest first. */
  receivePaymentFrom(realm: string, customerId: string, amount: number): Promise<QboRecord> {
    return this.#act(realm, 'receive-payment', { customer_id: customerId, amount });
  }

  /** An invoice typed in by hand: one service line of `amount`, or QBO's own fields. */
  createInvoice(
    realm: string,
    invoice: { customer_id: string; amount?: number; description?: string; [field: string]: unknown },
  ): Promise<QboRecord> {
    return this.#act(realm, 'invoices', invoice);
  }

  /**
   * `count` invoices alike, at most 10,000 at a time; 100 each by default. Answers their Ids in the order
   * they were made.
   */
  async createInvoices(
    realm: string,
    invoices: { customer_id: string; count: number; amount?: number; [field: string]: unknown },
  ): Promise<string[]> {
    return (await this.#act<{ ids: string[] }>(realm, 'invoices/many', invoices)).ids;
  }

  /** `amount` replaces all lines by one; any of QBO's fields may be given. */
  editInvoice(
    realm: string,
    id: string,
    change: { amount?: number; [field: string]: unknown },
  ): Promise<QboRecord> {
    return this.#act(realm, `invoices/${id}/edit`, change);
  }

  voidInvoice(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `invoices/${id}/void`);
  }

  /** Payments on it become unapplied. */
  deleteInvoice(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `invoices/${id}/delete`);
  }

  editPayment(
    realm: string,
    id: string,
    change: { amount?: number; [field: string]: unknown },
  ): Promise<QboRecord> {
    return this.#act(realm, `payments/${id}/edit`, change);
  }

  voidPayment(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `payments/${id}/void`);
  }

  deletePayment(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `payments/${id}/delete`);
  }

  unapplyPayment(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `payments/${id}/unapply`);
  }

  /** Puts a payment on another invoice; what it was applied to before becomes open again. */
  movePayment(realm: string, id: string, invoiceId: string, amount?: number): Promise<QboRecord> {
    return this.#act(realm, `payments/${id}/move`, { invoice_id: invoiceId, amount });
  }

  /** Credits accounts receivable for a customer; `account_id` is debited, Checking by default. */
  journalEntry(realm: string, money: CustomerMoney): Promise<QboRecord> {
    return this.#act(realm, 'journal-entries', money);
  }

  /** A customer's money as the bank feed brings it: a Deposit on accounts receivable, no Payment. */
  bankFeedDeposit(realm: string, money: CustomerMoney): Promise<QboRecord> {
    return this.#act(realm, 'deposits', money);
  }

  /** Brings payments out of Undeposited Funds to the bank: they cannot be changed any more (6540). */
  depositPayments(realm: string, paymentIds: readonly string[], accountId?: string): Promise<QboRecord> {
    return this.#act(realm, 'deposits', { payment_ids: paymentIds, account_id: accountId });
  }

  /** Takes a deposit away: its payments wait in Undeposited Funds again. */
  deleteDeposit(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `deposits/${id}/delete`);
  }

  deleteJournalEntry(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `journal-entries/${id}/delete`);
  }

  /** `apply_to` uses it on an invoice at once. */
  creditMemo(
    realm: string,
    memo: { customer_id: string; amount: number; apply_to?: string; [field: string]: unknown },
  ): Promise<QboRecord> {
    return this.#act(realm, 'credit-memos', memo);
  }

  deleteCreditMemo(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `credit-memos/${id}/delete`);
  }

  createCustomer(realm: string, name: string, fields: Body = {}): Promise<QboRecord> {
    return this.#act(realm, 'customers', { ...fields, name });
  }

  createVendor(realm: string, name: string, fields: Body = {}): Promise<QboRecord> {
    return this.#act(realm, 'vendors', { ...fields, name });
  }

  editCustomer(realm: string, id: string, change: Body): Promise<QboRecord> {
    return this.#act(realm, `customers/${id}/edit`, change);
  }

  renameCustomer(realm: string, id: string, name: string): Promise<QboRecord> {
    return this.#act(realm, `customers/${id}/rename`, { name });
  }

  inactivateCustomer(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `customers/${id}/inactivate`);
  }

  reactivateCustomer(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `customers/${id}/reactivate`);
  }

  /** The loser becomes inactive, its transactions are the winner's. Returns the winner. */
  mergeCustomers(realm: string, winnerId: string, loserId: string): Promise<QboRecord> {
    return this.#act(realm, 'customers/merge', { winner_id: winnerId, loser_id: loserId });
  }

  /** A product, a service, or with `Type: 'Category'` a category. */
  createItem(realm: string, name: string, fields: Body = {}): Promise<QboRecord> {
    return this.#act(realm, 'items', { ...fields, name });
  }

  inactivateItem(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `items/${id}/inactivate`);
  }

  reactivateItem(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `items/${id}/reactivate`);
  }

  /**
   * By short name (`CustomTxnNumbers`, `BookCloseDate`, `MultiCurrencyEnabled`, `AutoApplyCredit`, …) or by
   * QBO's groups.
   */
  setPreferences(realm: string, preferences: Body & { warn_duplicate_numbers?: boolean }): Promise<Body> {
    return this.#call('PATCH', `/companies/${realm}/preferences`, preferences);
  }

  /** Puts a currency on the company's list, or makes it active or inactive there. */
  listCurrency(realm: string, code: string, active = true): Promise<QboRecord> {
    return this.#act(realm, 'currencies', { code, active });
  }

  /** What a currency is worth in the company's own, from a day on; today, if left out. */
  rateCurrency(realm: string, code: string, rate: number, date?: string): Promise<QboRecord> {
    return this.#act(realm, 'exchange-rates', { code, rate, ...(date === undefined ? {} : { date }) });
  }

  /** An ended subscription refuses every write with 6190. */
  setSubscription(realm: string, status: 'active' | 'ended'): Promise<CompanyView> {
    return this.#act(realm, 'subscription', { status });
  }

  /** Every record of an entity as it stands; deleted ones carry `status: 'Deleted'`. */
  records(realm: string, entity: EntityName): Promise<QboRecord[]> {
    return this.#call('GET', `/companies/${realm}/records/${entity}`);
  }

  /** Makes QBO forget the `requestid`s it has answered. */
  forgetRequestIds(realm: string): Promise<Body> {
    return this.#call('DELETE', `/companies/${realm}/request-ids`);
  }

  planFault(fault: PlannedFault): Promise<{ id: string }> {
    return this.#call('POST', '/faults', fault);
  }

  faults(): Promise<(PlannedFault & { id: string })[]> {
    return this.#call('GET', '/faults');
  }

  clearFaults(): Promise<Body> {
    return this.#call('DELETE', '/faults');
  }

  advanceClock(ms: number): Promise<{ now: string }> {
    return this.#call('POST', '/clock', { advance_ms: ms });
  }

  setClock(instant: Date): Promise<{ now: string }> {
    return this.#call('POST', '/clock', { set: instant.toISOString() });
  }

  resetClock(): Promise<{ now: string }> {
    return this.#call('POST', '/clock', { reset: true });
  }

  clock(): Promise<{ now: string }> {
    return this.#call('GET', '/clock');
  }

  /** Calls to the API so far, for one realm; all of them are in `allCalls`. */
  calls(realm: string): Promise<CallCount> {
    return this.#call('GET', `/calls?realm_id=${realm}`);
  }

  async allCalls(): Promise<Record<string, CallCount>> {
    return (await this.#call<{ realms: Record<string, CallCount> }>('GET', '/calls')).realms;
  }

  /** Forgets the counts and the journal of requests. */
  resetCalls(): Promise<Body> {
    return this.#call('DELETE', '/calls');
  }

  /** The latest requests to the API, oldest first. */
  requests(filter: { limit?: number; realm_id?: string } = {}): Promise<JournalEntry[]> {
    const words = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
    return this.#call('GET', `/requests?${words.join('&')}`);
  }

  switches(): Promise<Switches> {
    return this.#call('GET', '/switches');
  }

  patchSwitches(patch: Partial<Switches>): Promise<Switches> {
    return this.#call('PATCH', '/switches', patch);
  }

  #act<T>(realm: string, action: string, body: unknown = {}): Promise<T> {
    return this.#call('POST', `/companies/${realm}/${action}`, body);
  }

  #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return controlRequest<T>(this.#url, method, path, body);
  }
}
