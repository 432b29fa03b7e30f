import * as fc from 'fast-check';
import { bankFeedDeposit, depositPayments, journalCredit, movePayment } from '../books/by-hand-money.ts';
import { mergeCustomers } from '../books/bookkeeper.ts';
import type { EntityName } from '../books/catalog.ts';
import type { Company } from '../books/company.ts';
import { Fault } from '../books/fault.ts';
import { type Body, refOf, textOf } from '../books/json.ts';
import { majorOf } from '../books/money.ts';
import { writeRecord } from '../books/write-record.ts';

/** One thing done to the books: what, to which record (by position), over how many cents. */
export type Step = [action: keyof typeof ACTIONS, which: number, cents: number];

const BY_HAND = { byHand: true };
const CUSTOMERS = ['1', '2', '3'];
const VENDORS = ['4', '5'];
const STOCK = '3';

function pick(company: Company, entity: EntityName, which: number): Body {
  const all = company.store.all(entity);
  return all[which % Math.max(1, all.length)] ?? { Id: '0' };
}

function sale(which: number, cents: number, more: Body = {}): Body {
  const line = (amount: number): Body => ({
    Amount: majorOf(amount),
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: { ItemRef: { value: String((which % 2) + 1) }, TaxCodeRef: { value: 'TAX' } },
  });
  const discount = { DetailType: 'DiscountLineDetail', Amount: majorOf(Math.floor(cents / 10)) };
  const Line = which % 4 === 0 ? [line(cents), discount] : [line(cents), line(which + 1)];
  return { CustomerRef: { value: CUSTOMERS[which % 3] }, Line, ...more };
}

function spent(which: number, cents: number): Body {
  const account = { AccountRef: { value: which % 2 === 0 ? '7' : '15' } };
  return {
    Line: [
      {
        Amount: majorOf(cents),
        DetailType: 'AccountBasedExpenseLineDetail',
        AccountBasedExpenseLineDetail: account,
      },
    ],
  };
}

const onto = (amount: number, type: string, body: Body): Body => ({
  Amount: amount,
  LinkedTxn: [{ TxnId: body.Id, TxnType: type }],
});

function create(company: Company, entity: EntityName, body: Body): void {
  writeRecord(company, 'create', entity, body, BY_HAND);
}

const undo =
  (verb: 'void' | 'delete', entity: EntityName) =>
  (company: Company, which: number): void => {
    writeRecord(company, verb, entity, { Id: pick(company, entity, which).Id }, BY_HAND);
  };

const ACTIONS = {
  invoice: (company: Company, which: number, cents: number) =>
    create(company, 'Invoice', sale(which, cents, which % 3 === 0 ? { Deposit: majorOf(cents % 50) } : {})),
  editInvoice: (company: Company, which: number, cents: number) =>
    void writeRecord(
      company,
      'update',
      'Invoice',
      { ...sale(which, cents), Id: pick(company, 'Invoice', which).Id },
      BY_HAND,
    ),
  creditMemo: (company: Company, which: number, cents: number) =>
    create(company, 'CreditMemo', sale(which, cents)),
  salesReceipt: (company: Company, which: number, cents: number) =>
    create(company, 'SalesReceipt', sale(which, cents)),
  refundReceipt: (company: Company, which: number, cents: number) =>
    create(company, 'RefundReceipt', sale(which, cents, { DepositToAccountRef: { value: '35' } })),
  pay: (company: Company, which: number, cents: number) => {
    const invoice = pick(company, 'Invoice', which);
    const Line = which % 5 === 0 ? [] : [onto(majorOf(cents), 'Invoice', invoice)];
    create(company, 'Payment', {
      CustomerRef: invoice.CustomerRef,
      TotalAmt: majorOf(cents + (which % 7)),
      Line,
    });
  },
  useMemo: (company: Company, which: number, cents: number) => {
    const memo = pick(company, 'CreditMemo', which);
    const Line = [
      onto(majorOf(cents), 'Invoice', pick(company, 'Invoice', which)),
      onto(majorOf(cents), 'CreditMemo', memo),
    ];
    create(company, 'Payment', { CustomerRef: memo.CustomerRef, TotalAmt: 0, Line });
  },
  movePayment: (company: Company, which: number) =>
    void movePayment(
      company,
      textOf(pick(company, 'Payment', which), 'Id')!,
      textOf(pick(company, 'Invoice', which + 1), 'Id')!,
    ),
  journal: (company: Company, which: number, cents: number) => {
    const invoice = pick(company, 'Invoice', which);
    const applyTo = which % 2 === 0 && invoice.Id !== '0' ? { applyTo: textOf(invoice, 'Id')! } : {};
    const customerId = refOf(invoice, 'CustomerRef') ?? '1';
    journalCredit(company, { customerId, amount: majorOf(cents), ...applyTo });
  },
  bankFeed: (company: Company, which: number, cents: number) => {
    const invoice = pick(company, 'Invoice', which);
    const applyTo = which % 2 === 0 && invoice.Id !== '0' ? { applyTo: textOf(invoice, 'Id')! } : {};
    const customerId = refOf(invoice, 'CustomerRef') ?? '2';
    bankFeedDeposit(company, { customerId, amount: majorOf(cents), ...applyTo });
  },
  deposit: (company: Company, which: number) =>
    void depositPayments(company, [textOf(pick(company, 'Payment', which), 'Id')!]),
  bill: (company: Company, which: number, cents: number) =>
    create(company, 'Bill', { VendorRef: { value: VENDORS[which % 2] }, ...spent(which, cents) }),
  vendorCredit: (company: Company, which: number, cents: number) =>
    create(company, 'VendorCredit', { VendorRef: { value: VENDORS[which % 2] }, ...spent(which, cents) }),
  payBill: (company: Company, which: number, cents: number) => {
    const bill = pick(company, 'Bill', which);
    create(company, 'BillPayment', {
      VendorRef: bill.VendorRef,
      PayType: 'Check',
      CheckPayment: { BankAccountRef: { value: '35' } },
      TotalAmt: majorOf(cents),
      Line: [onto(majorOf(cents), 'Bill', bill)],
    });
  },
  purchase: (company: Company, which: number, cents: number) =>
    create(company, 'Purchase', {
      AccountRef: { value: which % 2 === 0 ? '35' : '41' },
      PaymentType: which % 2 === 0 ? 'Cash' : 'CreditCard',
      ...(which % 2 === 1 ? { Credit: which % 3 === 0 } : {}),
      ...spent(which, cents),
    }),
  sellStock: (company: Company, which: number, cents: number) => {
    const detail = { ItemRef: { value: STOCK }, Qty: which + 1 };
    const line = { Amount: majorOf(cents), DetailType: 'SalesItemLineDetail', SalesItemLineDetail: detail };
    const entity = (['Invoice', 'SalesReceipt', 'CreditMemo'] as const)[which % 3]!;
    create(company, entity, { CustomerRef: { value: CUSTOMERS[which % 3] }, Line: [line] });
  },
  buyStock: (company: Company, which: number, cents: number) => {
    const detail = { ItemRef: { value: STOCK }, Qty: which + 1 };
    const DetailType = 'ItemBasedExpenseLineDetail';
    const Line = [{ Amount: majorOf(cents), DetailType, ItemBasedExpenseLineDetail: detail }];
    create(company, which % 2 === 0 ? 'Bill' : 'VendorCredit', { VendorRef: { value: VENDORS[0] }, Line });
  },
  countStock: (company: Company, which: number) => {
    const ItemAdjustmentLineDetail = { ItemRef: { value: STOCK }, NewQty: which };
    const Line = [{ DetailType: 'ItemAdjustmentLineDetail', ItemAdjustmentLineDetail }];
    create(company, 'InventoryAdjustment', { AdjustAccountRef: { value: '80' }, Line });
  },
  transfer: (company: Company, _which: number, cents: number) =>
    create(company, 'Transfer', {
      FromAccountRef: { value: '35' },
      ToAccountRef: { value: '36' },
      Amount: majorOf(cents),
    }),
  merge: (company: Company, which: number, cents: number) => {
    if (cents % 4 === 0) mergeCustomers(company, CUSTOMERS[which % 3]!, CUSTOMERS[(which + 1) % 3]!);
  },
  voidInvoice: undo('void', 'Invoice'),
  deleteInvoice: undo('delete', 'Invoice'),
  voidPayment: undo('void', 'Payment'),
  deletePayment: undo('delete', 'Payment'),
  voidMemo: undo('void', 'CreditMemo'),
  deleteJournal: undo('delete', 'JournalEntry'),
  deleteDeposit: undo('delete', 'Deposit'),
  deleteBill: undo('delete', 'Bill'),
  voidBillPayment: undo('void', 'BillPayment'),
  voidPurchase: undo('void', 'Purchase'),
} as const;

/** Random histories of a company's books. */
export const histories: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[])),
    fc.nat(11),
    fc.integer({ min: 1, max: 900 }),
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
);

/** Three customers and two vendors to trade with, and something in stock. */
export function openTradingBooks(company: Company): void {
  create(company, 'Item', {
    Name: 'Pump',
    Type: 'Inventory',
    TrackQtyOnHand: true,
    QtyOnHand: 7,
    InvStartDate: '2026-01-01',
    PurchaseCost: 3.33,
    IncomeAccountRef: { value: '1' },
    AssetAccountRef: { value: '81' },
    ExpenseAccountRef: { value: '80' },
  });
  for (const DisplayName of ['Ann', 'Bob', 'Cleo']) create(company, 'Customer', { DisplayName });
  for (const DisplayName of ['Lumber', 'Nails']) create(company, 'Vendor', { DisplayName });
}

/** Does one step; a refusal by the books is part of the history, any other error is not. */
export function take(company: Company, [action, which, cents]: Step): void {
  try {
    ACTIONS[action](company, which, cents);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
