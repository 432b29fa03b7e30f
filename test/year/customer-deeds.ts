import type { Json } from '../support/people.js';
import type { Currency } from './diary.js';
import type { Sale } from './papers.js';
import type { Year } from './year.js';

const STEP_CENTS = 2_500;
/** At home money comes in whatever amounts; foreign amounts come to whole cents by the rates of a year. */
const stepOf = ({ diary }: Year, currency: string): number => (currency === diary.home ? 1 : STEP_CENTS);

/** What customers pay and the bookkeeper enters in QuickBooks on a day. What QuickBooks refuses did not happen. */
export const CUSTOMER_DEEDS = {
  payByHand: async (year: Year, day: string): Promise<void> => {
    const invoice = await anOpenInvoice(year);
    if (!invoice) return;
    const part = partOf(year, invoice);
    const payment = { amount: part / 100, TxnDate: day, ...rateIn(year, invoice.currency) };
    await year.control.receivePayment(year.realm, invoice.id, payment);
  },

  credit: async (year: Year, day: string): Promise<void> => {
    const invoice = await anOpenInvoice(year);
    // A credit memo over work lowers income, so the bookkeeper puts none on a deposit that is none.
    if (
      !invoice ||
      (year.diary.mode === 'liability' && invoice.lines.every(({ ground }) => ground === 'held'))
    )
      return;
    const part = partOf(year, invoice);
    await year.control.creditMemo(year.realm, {
      customer_id: invoice.customer,
      amount: part / 100,
      apply_to: invoice.id,
      TxnDate: day,
      ...rateIn(year, invoice.currency),
    });
    await dateUse(year, day);
  },

  voidInvoice: async (year: Year): Promise<void> => {
    const untouched = (await year.invoices()).filter(({ openCents, cents }) => openCents === cents);
    if (untouched.length > 0) await year.control.voidInvoice(year.realm, year.pick(untouched).id);
  },

  /** The bookkeeper gives an invoice another day, which may lie months back, or another price. */
  editInvoice: async (year: Year, day: string): Promise<void> => {
    const invoices = await year.invoices();
    if (invoices.length === 0) return;
    const invoice = year.pick(invoices);
    if (year.random.next() < 0.5) {
      const TxnDate = earlier(year, day);
      await year.control.editInvoice(year.realm, invoice.id, { TxnDate, DueDate: TxnDate });
      return;
    }
    if (invoice.openCents !== invoice.cents) return;
    const record = (await year.control.records(year.realm, 'Invoice')).find(({ Id }) => Id === invoice.id)!;
    const more = STEP_CENTS * year.pick([-2, -1, 1, 3]);
    const [first, ...others] = record.Line as Json[];
    const Amount = first.Amount + more / 100;
    if (Amount <= 0 || invoice.cents + more <= 0) return;
    const { UnitPrice: _price, Qty: _count, ...detail } = first.SalesItemLineDetail;
    const Line = [{ ...first, Amount, SalesItemLineDetail: detail }, ...others].filter(
      ({ DetailType }: Json) => DetailType !== 'SubTotalLineDetail',
    );
    await year.control.editInvoice(year.realm, invoice.id, { Line });
    year.diary.edits.set(invoice.id, (year.diary.edits.get(invoice.id) ?? 0) + more);
  },

  /** A payment that was entered by hand bounces, or was entered on the wrong day. */
  editPayment: async (year: Year, day: string): Promise<void> => {
    const payments = ((await year.control.records(year.realm, 'Payment')) as Json[]).filter(
      ({ Id, status, TotalAmt }) => status !== 'Deleted' && TotalAmt > 0 && !year.cardPayments.has(Id),
    );
    if (payments.length === 0) return;
    const { Id } = year.pick(payments);
    if (year.random.next() < 0.5) await year.control.deletePayment(year.realm, Id);
    else await year.control.editPayment(year.realm, Id, { TxnDate: earlier(year, day) });
  },

  /** A customer pays before it is asked, or more than is open. */
  payOnAccount: async (year: Year, day: string): Promise<void> => {
    const invoice = await anOpenInvoice(year);
    if (!invoice || year.isPlain) return;
    const more = STEP_CENTS * year.random.between(1, 4);
    const early = year.random.next() < 0.5;
    const amount = (early ? more : invoice.openCents + more) / 100;
    await year.control.receivePayment(year.realm, invoice.id, {
      amount,
      unapplied: early,
      TxnDate: day,
      ...rateIn(year, invoice.currency),
    });
  },

  /** Money goes on another invoice of its customer, or off the one that it is on. */
  movePayment: async (year: Year): Promise<void> => {
    const payments = ((await year.control.records(year.realm, 'Payment')) as Json[]).filter(
      ({ status, TotalAmt }) => status !== 'Deleted' && TotalAmt > 0,
    );
    if (payments.length === 0 || year.isPlain) return;
    const payment = year.pick(payments);
    if (year.random.next() < 0.3) {
      await year.control.unapplyPayment(year.realm, payment.Id);
      return;
    }
    const others = (await year.invoices()).filter(
      ({ customer, openCents }) => customer === payment.CustomerRef.value && openCents > 0,
    );
    if (others.length > 0) await year.control.movePayment(year.realm, payment.Id, year.pick(others).id);
  },

  /** Money that the bank feed brings, and debts that are given up. */
  settleOtherwise: async (year: Year, day: string): Promise<void> => {
    const invoice = await anOpenInvoice(year);
    if (!invoice || year.isPlain || invoice.currency !== year.diary.home) return;
    const part = partOf(year, invoice);
    const money = { customer_id: invoice.customer, amount: part / 100, apply_to: invoice.id, TxnDate: day };
    const expense = ((await year.control.records(year.realm, 'Account')) as Json[]).find(
      ({ AccountType }) => AccountType === 'Expense',
    );
    const way = year.pick(['deposit', 'journal', 'memo']);
    if (way === 'deposit' || !expense) await year.control.bankFeedDeposit(year.realm, money);
    else if (way === 'journal')
      await year.control.journalEntry(year.realm, { ...money, account_id: expense.Id });
    else {
      const product = { ItemRef: { value: await badDebts(year, expense.Id) }, TaxCodeRef: { value: 'NON' } };
      const line = { Amount: money.amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: product };
      await year.control.creditMemo(year.realm, { ...money, Line: [line] });
    }
    await dateUse(year, day);
  },

  /** A sale that is none of ours. */
  otherSale: async (year: Year, day: string): Promise<void> => {
    const sale = { customer_id: year.walkIn, amount: 25 * year.random.between(1, 9), TxnDate: day };
    await year.control.createInvoice(year.realm, sale);
  },
} as const;

function partOf(year: Year, { currency, openCents }: Sale): number {
  const step = stepOf(year, currency);
  return step * year.random.between(1, openCents / step);
}

/** The product over which debts are given up, as QuickBooks advises. */
async function badDebts({ control, realm }: Year, account: string): Promise<string> {
  const items = (await control.records(realm, 'Item')) as Json[];
  const known = items.find(({ Name }) => Name === 'Bad debts');
  const made = () =>
    control.createItem(realm, 'Bad debts', { Type: 'Service', IncomeAccountRef: { value: account } });
  return (known ?? (await made())).Id as string;
}

/** The rate of a document in this currency, which QuickBooks takes for 1 where it is left out. */
export function rateIn({ rates }: Year, currency: string): { ExchangeRate?: number } {
  const rate = rates[currency as Currency];
  return rate === 1 ? {} : { ExchangeRate: rate };
}

/** The newest payment of nothing, which uses a credit, is of this day. */
async function dateUse(year: Year, day: string): Promise<void> {
  const uses = ((await year.control.records(year.realm, 'Payment')) as Json[]).filter(
    ({ TotalAmt, status }) => TotalAmt === 0 && status !== 'Deleted',
  );
  const newest = uses.toSorted((one, other) => Number(other.Id) - Number(one.Id))[0];
  if (newest) await year.control.editPayment(year.realm, newest.Id, { TxnDate: day });
}

async function anOpenInvoice(year: Year) {
  const open = (await year.invoices()).filter(({ openCents }) => openCents >= STEP_CENTS);
  return open.length === 0 ? null : year.pick(open);
}

/** A day of the last three months before a day, in the year. */
function earlier({ random }: Year, day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - random.between(0, 90));
  const back = date.toISOString().slice(0, 10);
  return back < '2026-01-01' ? day : back;
}
