import type { SandboxControl } from '../../sandbox/control-client.ts';
import type { Json } from '../support/people.js';
import type { Diary } from './diary.js';

/** What a line of a sale stands on: income, a deposit owed to the customer, retainage owed by it, or a bad debt. */
export type LineGround = 'income' | 'held' | 'retained' | 'given_up';

/** What a line bills, by the product that it names. */
export type LineItem = 'work' | 'deposit' | 'retainage';

export interface SaleLine {
  ground: LineGround;
  item: LineItem;
  cents: number;
}

/** A sale, or money given back, in its own currency. */
export interface Sale {
  id: string;
  number: string;
  day: string;
  currency: string;
  /** Home units of one of its currency. */
  rate: number;
  /** With tax. */
  cents: number;
  taxCents: number;
  openCents: number;
  customer: string;
  /** Before tax. */
  lines: SaleLine[];
}

/** Money, or a credit, that settles an invoice. */
export interface Settlement {
  id: string;
  day: string;
  invoice: string;
  cents: number;
  /** Home units of one of its currency. */
  rate: number;
  /** What a credit memo gives up is as what a journal entry does. */
  by: 'money' | 'memo' | 'journal';
  /** Of a credit memo. */
  memo: string | null;
}

/** Money that is on no invoice. */
export interface OnAccount {
  /** The payment's. */
  id: string;
  day: string;
  currency: string;
  cents: number;
}

export interface CostLine {
  line: number;
  cents: number;
  text: string;
  customer: string | null;
}

/** A bill, a vendor credit or a purchase; what lowers cost is below zero. */
export interface Cost {
  type: 'bill' | 'vendorcredit' | 'purchase';
  id: string;
  vendor: string | null;
  day: string;
  currency: string;
  openCents: number;
  lines: CostLine[];
}

/** The documents of a company as QuickBooks has them, read past the product. */
export interface Papers {
  invoices: Sale[];
  memos: Sale[];
  refunds: Sale[];
  settlements: Settlement[];
  onAccount: OnAccount[];
  costs: Cost[];
  /** The parent of each sub-customer. */
  parents: ReadonlyMap<string, string>;
}

const cents = (amount: unknown): number => Math.round(Number(amount ?? 0) * 100);
const ref = (value: unknown): string | null => (value as { value?: string } | undefined)?.value ?? null;
const rows = (value: unknown): Json[] => (value ?? []) as Json[];

export async function readPapers(control: SandboxControl, realm: string): Promise<Papers> {
  const live = async (entity: Parameters<SandboxControl['records']>[1]): Promise<Json[]> =>
    ((await control.records(realm, entity)) as Json[]).filter(({ status }) => status !== 'Deleted');
  const accounts = new Map((await live('Account')).map(({ Id, AccountType }) => [Id, AccountType]));
  const grounds = new Map(
    (await live('Item')).map(({ Id, IncomeAccountRef }) => [
      Id,
      groundOf(accounts.get(ref(IncomeAccountRef))),
    ]),
  );
  const items = new Map((await live('Item')).map(({ Id, Name }) => [Id, itemNamed(Name)]));
  const sale = (one: Json): Sale => ({
    id: one.Id,
    number: one.DocNumber ?? '',
    day: one.TxnDate,
    currency: ref(one.CurrencyRef)!,
    rate: Number(one.ExchangeRate ?? 1),
    cents: cents(one.TotalAmt),
    taxCents: cents(one.TxnTaxDetail?.TotalTax),
    openCents: cents(one.Balance),
    customer: ref(one.CustomerRef) ?? '',
    lines: rows(one.Line)
      .filter(({ DetailType }) => DetailType === 'SalesItemLineDetail')
      .map(({ Amount, SalesItemLineDetail }) => ({
        ground: grounds.get(ref(SalesItemLineDetail?.ItemRef)) ?? 'income',
        item: items.get(ref(SalesItemLineDetail?.ItemRef)) ?? 'work',
        cents: cents(Amount),
      })),
  });
  const memos = (await live('CreditMemo')).map(sale);
  const givenUp = memos.filter(({ lines }) => lines.every(({ ground }) => ground === 'given_up'));
  const givenUpIds = new Set(givenUp.map(({ id }) => id));
  return {
    invoices: (await live('Invoice')).map(sale),
    memos,
    refunds: (await live('RefundReceipt')).map(sale),
    settlements: (await live('Payment')).flatMap((one) => settlementsOf(one, givenUpIds)),
    onAccount: (await live('Payment')).flatMap((one) => {
      const free = cents(one.UnappliedAmt);
      return free > 0 ? [{ id: one.Id, day: one.TxnDate, currency: ref(one.CurrencyRef)!, cents: free }] : [];
    }),
    costs: [
      ...(await live('Bill')).map((one) => costOf('bill', one)),
      ...(await live('VendorCredit')).map((one) => costOf('vendorcredit', one)),
      ...(await live('Purchase')).map((one) => costOf('purchase', one)),
    ],
    parents: new Map(
      (await live('Customer')).flatMap(({ Id, ParentRef }) => {
        const parent = ref(ParentRef);
        return parent === null ? [] : [[Id as string, parent] as const];
      }),
    ),
  };
}

/** Receipts of refunds that failed at Stripe and are in the books still. */
export function failedReceipts({ diary }: { diary: Diary }, { refunds }: Papers): Sale[] {
  const failed = new Set(
    diary.jobs.flatMap((job) =>
      job.refunds.flatMap(({ hasFailed, receipt }) => (hasFailed ? [receipt] : [])),
    ),
  );
  return refunds.filter(({ id }) => failed.has(id));
}

function groundOf(accountType: unknown): LineGround {
  if (accountType === 'Other Current Liability') return 'held';
  if (accountType === 'Expense') return 'given_up';
  return accountType === 'Other Current Asset' ? 'retained' : 'income';
}

function itemNamed(name: unknown): LineItem {
  if (name === 'Contract Work') return 'work';
  return name === 'Retainage' ? 'retainage' : 'deposit';
}

/** A payment of nothing uses a credit: its other line names the document that the credit is of. */
function settlementsOf(payment: Json, givenUp: ReadonlySet<string>): Settlement[] {
  const links = rows(payment.Line).map(({ Amount, LinkedTxn }) => ({
    type: LinkedTxn?.[0]?.TxnType as string,
    id: LinkedTxn?.[0]?.TxnId as string,
    cents: cents(Amount),
  }));
  const credit = links.find(({ type }) => type === 'CreditMemo' || type === 'JournalEntry');
  const memo = credit?.type === 'CreditMemo' ? credit.id : null;
  const by = credit === undefined ? 'money' : memo === null || givenUp.has(memo) ? 'journal' : 'memo';
  return links
    .filter(({ type }) => type === 'Invoice')
    .map((link) => ({
      id: payment.Id,
      day: payment.TxnDate,
      invoice: link.id,
      cents: link.cents,
      rate: Number(payment.ExchangeRate ?? 1),
      by,
      memo,
    }));
}

function costOf(type: Cost['type'], one: Json): Cost {
  const sign = type === 'vendorcredit' || one.Credit === true ? -1 : 1;
  const text = [one.DocNumber, one.PrivateNote].filter(Boolean).join(' ');
  return {
    type,
    id: one.Id,
    vendor: ref(one.VendorRef ?? one.EntityRef),
    day: one.TxnDate,
    currency: ref(one.CurrencyRef)!,
    openCents: sign * cents(one.Balance),
    lines: rows(one.Line).map(({ Amount, Description, AccountBasedExpenseLineDetail: detail }, index) => ({
      line: index + 1,
      cents: sign * cents(Amount),
      text: `${text} ${Description ?? ''}`,
      customer: ref(detail?.CustomerRef),
    })),
  };
}
