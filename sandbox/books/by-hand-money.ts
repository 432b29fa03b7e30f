import type { Company } from './company.ts';
import { businessRule, objectNotFound } from './fault.ts';
import { type Body, refOf, rowsOf, textOf } from './json.ts';
import { ACCOUNT } from './ledger/accounts.ts';
import { majorOf, minorOf } from './money.ts';
import { currencyOf } from './currency-of.ts';
import { writeRecord } from './write-record.ts';

const BY_HAND = { byHand: true };
const CHECKING = '35';

/** Uses what a document left with its customer on an invoice: a payment of nothing with two equal lines. */
export function applyCredit(
  company: Company,
  credit: { type: 'CreditMemo' | 'JournalEntry' | 'Deposit'; id: string; amount: unknown },
  invoiceId: string,
): Body {
  const invoice = company.store.find('Invoice', invoiceId);
  if (!invoice) throw objectNotFound();
  const currency = currencyOf(invoice);
  const Amount = majorOf(
    Math.min(minorOf(credit.amount, currency), minorOf(invoice.Balance, currency)),
    currency,
  );
  const line = (TxnId: string, TxnType: string): Body => ({ Amount, LinkedTxn: [{ TxnId, TxnType }] });
  const Line = [line(invoiceId, 'Invoice'), line(credit.id, credit.type)];
  const CustomerRef = { value: refOf(invoice, 'CustomerRef') };
  return writeRecord(company, 'create', 'Payment', { CustomerRef, TotalAmt: 0, Line }, BY_HAND);
}

export interface CustomerMoney {
  customerId: string;
  /** Major units. */
  amount: number;
  /** The other account: the bank account of a deposit, the account a journal entry debits. */
  accountId?: string;
  /** The invoice it is used on at once. */
  applyTo?: string;
  fields?: Body;
}

/**
 * A journal entry that credits accounts receivable for a customer, as accountants write off or move what is
 * owed.
 */
export function journalCredit(company: Company, money: CustomerMoney): Body {
  const { customerId, amount, accountId = CHECKING, applyTo, fields = {} } = money;
  const line = (PostingType: string, account: string, more: Body = {}): Body => ({
    Amount: amount,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: { PostingType, AccountRef: { value: account }, ...more },
  });
  const Entity = { Type: 'Customer', EntityRef: { value: customerId } };
  const Line = [line('Debit', accountId), line('Credit', ACCOUNT.receivable, { Entity })];
  const entry = writeRecord(company, 'create', 'JournalEntry', { Line, ...fields }, BY_HAND);
  if (applyTo !== undefined)
    applyCredit(company, { type: 'JournalEntry', id: textOf(entry, 'Id')!, amount }, applyTo);
  return entry;
}

/** Money of a customer's that arrives in a bank account by the bank feed, booked to accounts receivable. */
export function bankFeedDeposit(company: Company, money: CustomerMoney): Body {
  const { customerId, amount, accountId = CHECKING, applyTo, fields = {} } = money;
  const detail = {
    AccountRef: { value: ACCOUNT.receivable },
    Entity: { value: customerId, type: 'CUSTOMER' },
  };
  const Line = [{ Amount: amount, DetailType: 'DepositLineDetail', DepositLineDetail: detail }];
  const draft = { DepositToAccountRef: { value: accountId }, Line, ...fields };
  const deposit = writeRecord(company, 'create', 'Deposit', draft, BY_HAND);
  if (applyTo !== undefined)
    applyCredit(company, { type: 'Deposit', id: textOf(deposit, 'Id')!, amount }, applyTo);
  return deposit;
}

/** Brings payments that wait in Undeposited Funds to the bank, in one deposit. */
export function depositPayments(company: Company, paymentIds: readonly string[], accountId = CHECKING): Body {
  const Line = paymentIds.map((id) => {
    const payment = company.store.find('Payment', id);
    if (!payment) throw objectNotFound();
    return {
      Amount: payment.TotalAmt ?? 0,
      LinkedTxn: [{ TxnId: id, TxnType: 'Payment', TxnLineId: '0' }],
    };
  });
  return writeRecord(
    company,
    'create',
    'Deposit',
    { DepositToAccountRef: { value: accountId }, Line },
    BY_HAND,
  );
}

/** Puts a payment on another invoice, as far as it goes; what was applied before becomes free first. */
export function movePayment(company: Company, paymentId: string, invoiceId: string, amount?: number): Body {
  const payment = company.store.find('Payment', paymentId);
  const invoice = company.store.find('Invoice', invoiceId);
  if (!payment || !invoice) throw objectNotFound();
  const currency = currencyOf(payment);
  const isThere = rowsOf(payment, 'Line').some((line) => rowsOf(line, 'LinkedTxn')[0]?.TxnId === invoiceId);
  if (isThere) throw businessRule('The payment is applied to this invoice already.');
  const wanted = amount === undefined ? minorOf(payment.TotalAmt, currency) : minorOf(amount, currency);
  const minor = Math.min(wanted, minorOf(invoice.Balance, currency));
  const line = { Amount: majorOf(minor, currency), LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] };
  return writeRecord(company, 'update', 'Payment', { Id: paymentId, Line: [line] }, BY_HAND);
}
