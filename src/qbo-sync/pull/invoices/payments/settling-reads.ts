import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import type { ReadRows } from '../../../api/model/unreadable.js';
import type { InvoicePayment } from './invoice-payment.js';
import { withWriteOffs } from './write-off.js';

/** `later`: QuickBooks did not answer this time; `refused`: it does not, however often it is asked. */
export type Read<T> = ReadRows<T> | 'later' | 'refused';

/** What is read where there is nothing to ask for. */
export const NOTHING_READ: ReadRows<never> = { read: [], unreadable: [] };

/** Documents by which payments settle, and the chart that says what their accounts are. */
export interface ReadBooks {
  entries: Read<QboDocument>;
  memos: Read<QboDocument>;
  accounts: Read<QboLedgerAccount>;
}

/** By payments, the credit memos that give a debt up. */
export type GivenUp = ReadonlyMap<string, ReadonlySet<string>>;

/** What is to know of the credit memos that payments use. */
export interface UsedMemos {
  /** Those to read. */
  ids: readonly string[];
  /** The payments that they are read for. */
  readFor: ReadonlySet<string>;
  /** Of payments that are stored in their version, by their ids: which credit memos give a debt up. */
  stored: GivenUp;
  /** The same of those that are stored in an earlier version. */
  before: GivenUp;
}

/**
 * The payments with what of them is written off. Those of which something is not known yet are left out: their invoices
 * then lack payments and are asked about again. Pure.
 */
export function paymentsAsRead(
  payments: readonly Changed<QboPayment>[],
  books: ReadBooks,
  used: UsedMemos,
): Changed<QboPayment>[] {
  return payments
    .filter((change) => change.deleted || isWhole(change, books))
    .filter((change) => change.deleted || !used.readFor.has(change.id) || isAnswered(books))
    .map((change) => (change.deleted ? change : { ...change, object: written(change.object, books, used) }));
}

/** Of the payments that are stored so: which of the credit memos that they use give a debt up. Pure. */
export function givenUpBy(
  uses: readonly QboPayment[],
  rows: readonly InvoicePayment[],
  isStored: (one: InvoicePayment, use: QboPayment) => boolean,
): GivenUp {
  return new Map(
    uses.flatMap((use) => {
      const own = rows.filter((one) => one.paymentId === use.id && isStored(one, use));
      const memos = own.filter(({ isWriteOff }) => isWriteOff).map(({ creditMemoId }) => creditMemoId);
      return own.length === 0 ? [] : [[use.id, new Set(memos)] as const];
    }),
  );
}

/** The journal entries that a payment settles by. Pure. */
export function entryIdsOf(change: Changed<QboPayment>): string[] {
  return change.deleted ? [] : change.object.journalEntries.map(({ id }) => id);
}

/** Whether all that has to be known of its journal entries is. */
function isWhole(change: Changed<QboPayment>, { entries, accounts }: ReadBooks): boolean {
  const ids = entryIdsOf(change);
  if (ids.length === 0) return true;
  if (isUnread(entries) || isUnread(accounts)) return false;
  const unread = new Set(entries.unreadable.map(({ id }) => id));
  const unknown = new Set(accounts.unreadable.map(({ id }) => id));
  return ids.every((id) => {
    const entry = entries.read.find((one) => one.id === id);
    if (!entry) return !unread.has(id) && !unread.has('?');
    return entry.lines.every(({ accountId }) => accountId === null || !unknown.has(accountId));
  });
}

/** Whether QuickBooks has said what there is to say of credit memos, be it that it does not. */
function isAnswered({ memos, accounts }: ReadBooks): boolean {
  return memos !== 'later' && accounts !== 'later';
}

function isUnread<T>(read: Read<T>): read is 'later' | 'refused' {
  return read === 'later' || read === 'refused';
}

/** The payment with what of it is written off, as it was read or is stored. */
function written(payment: QboPayment, books: ReadBooks, used: UsedMemos): QboPayment {
  const known = { entries: byId(books.entries), memos: byId(books.memos) };
  const asRead = withWriteOffs(payment, known, rowsOf(books.accounts));
  const stored = used.stored.get(payment.id);
  const before = used.before.get(payment.id);
  const creditMemos = asRead.creditMemos.map((memo) => {
    if (stored) return { ...memo, isWriteOff: stored.has(memo.id) };
    const isKnown = known.memos.has(memo.id) && !isUnread(books.accounts);
    return isKnown || !before ? memo : { ...memo, isWriteOff: before.has(memo.id) };
  });
  return { ...asRead, creditMemos };
}

function byId(documents: Read<QboDocument>): ReadonlyMap<string, QboDocument> {
  return new Map(rowsOf(documents).map((document) => [document.id, document]));
}

function rowsOf<T>(read: Read<T>): readonly T[] {
  return isUnread(read) ? [] : read.read;
}
