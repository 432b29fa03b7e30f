import type { EntityName } from './books/catalog.ts';
import type { Body } from './books/json.ts';
import { controlRequest } from './control-request.ts';

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

export interface RecurringView {
  id: string;
  type: EntityName;
  name: string;
  recur_type: string | null;
  /** `YYYY-MM-DD`; null where none comes. */
  next_date: string | null;
  made: number;
  refused: { date: string; message: string } | null;
}

/** What a bookkeeper does by hand in the books of a company: one method for each route below the company. */
export class BookkeeperControl {
  readonly #url: string;

  /** `url` is where the sandbox listens, such as `http://127.0.0.1:8090`. */
  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
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

  /** Money given back, in QBO's own fields. */
  refundReceipt(realm: string, receipt: Body): Promise<QboRecord> {
    return this.#act(realm, 'refund-receipts', receipt);
  }

  deleteRefundReceipt(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `refund-receipts/${id}/delete`);
  }

  /** What a vendor wants, in QBO's own fields. */
  createBill(realm: string, bill: Body): Promise<QboRecord> {
    return this.#act(realm, 'bills', bill);
  }

  /** Any of QBO's fields. */
  editBill(realm: string, id: string, change: Body): Promise<QboRecord> {
    return this.#act(realm, `bills/${id}/edit`, change);
  }

  deleteBill(realm: string, id: string): Promise<Body> {
    return this.#act(realm, `bills/${id}/delete`);
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

  /** The templates of recurring transactions, what each has made and when it makes the next. */
  recurring(realm: string): Promise<RecurringView[]> {
    return this.call('GET', `/companies/${realm}/recurring`);
  }

  /** Makes one document from a template, scheduled or not, and answers the document. */
  useRecurring(realm: string, id: string): Promise<QboRecord> {
    return this.#act(realm, `recurring/${id}/use`);
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
    return this.call('PATCH', `/companies/${realm}/preferences`, preferences);
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
    return this.call('GET', `/companies/${realm}/records/${entity}`);
  }

  /** Makes QBO forget the `requestid`s it has answered. */
  forgetRequestIds(realm: string): Promise<Body> {
    return this.call('DELETE', `/companies/${realm}/request-ids`);
  }

  #act<T>(realm: string, action: string, body: unknown = {}): Promise<T> {
    return this.call('POST', `/companies/${realm}/${action}`, body);
  }

  protected call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return controlRequest<T>(this.#url, method, path, body);
  }
}
