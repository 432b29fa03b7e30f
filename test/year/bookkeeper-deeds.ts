import { idle, pollCompany } from '../support/books.js';
import { type Json, provingAgain } from '../support/people.js';
import { connect } from '../support/qbo.js';
import { charge } from './card-deeds.js';
import { firstRates, foreignCurrencies } from './diary.js';
import type { Year } from './year.js';

const STEP_CENTS = 2_500;
/** What a rate may become, of what it was as the year began. */
const RATE_FACTORS = [0.96, 1, 1.04, 1.12, 1.2];

/** What the bookkeeper sets right in QuickBooks afterwards, and what a customer asks to be forgotten. */
export const BOOKKEEPER_DEEDS = {
  /** A currency is worth more or less than before. In a plain year nothing comes between two rates. */
  changeRate: async (year: Year): Promise<void> => {
    const code = year.pick(foreignCurrencies(year.diary));
    const rate = Math.round(firstRates(year.diary)[code] * year.pick(RATE_FACTORS) * 10_000) / 10_000;
    if (!year.isPlain) await year.rate(code, rate);
  },

  /** A payment that was entered by hand was of another amount; what is too much for its invoices is on account. */
  editAmount: async (year: Year): Promise<void> => {
    const payments = ((await year.control.records(year.realm, 'Payment')) as Json[]).filter(
      ({ Id, status, TotalAmt }) => status !== 'Deleted' && TotalAmt > 25 && !year.cardPayments.has(Id),
    );
    if (payments.length === 0 || year.isPlain) return;
    const { Id, TotalAmt } = year.pick(payments);
    const steps = year.random.between(1, Math.round((TotalAmt * 100) / STEP_CENTS) + 3);
    await year.control.editPayment(year.realm, Id, { amount: (steps * STEP_CENTS) / 100 });
  },

  /** A credit that was used on one invoice is used on another one of its customer, or stays unused. */
  moveCredit: async (year: Year, day: string): Promise<void> => {
    const uses = ((await year.control.records(year.realm, 'Payment')) as Json[]).filter(
      ({ status, TotalAmt, Line }) =>
        status !== 'Deleted' &&
        TotalAmt === 0 &&
        (Line as Json[]).some(({ LinkedTxn }) => LinkedTxn?.[0]?.TxnType === 'CreditMemo'),
    );
    if (uses.length === 0 || year.isPlain) return;
    const use = year.pick(uses);
    const others = (await year.invoices()).filter(
      ({ customer, openCents }) => customer === use.CustomerRef.value && openCents > 0,
    );
    const [credit] = (use.Line as Json[]).filter(({ LinkedTxn }) => LinkedTxn[0].TxnType === 'CreditMemo');
    await year.control.deletePayment(year.realm, use.Id);
    if (others.length === 0 || year.random.next() < 0.3) return;
    const invoice = year.pick(others);
    if (year.diary.mode === 'liability' && invoice.lines.every(({ ground }) => ground === 'held')) return;
    const Amount = Math.min(credit.Amount, invoice.openCents / 100);
    await year.enter('payment', {
      CustomerRef: use.CustomerRef,
      ...(use.CurrencyRef ? { CurrencyRef: use.CurrencyRef, ExchangeRate: use.ExchangeRate } : {}),
      TotalAmt: 0,
      TxnDate: day,
      Line: [
        { Amount, LinkedTxn: [{ TxnId: invoice.id, TxnType: 'Invoice' }] },
        { Amount, LinkedTxn: credit.LinkedTxn },
      ],
    });
  },

  /** Two customers of QuickBooks were one: the documents of the second are the first's from now on. */
  mergeCustomers: async (year: Year): Promise<void> => {
    const { diary } = year;
    const ours = (await year.invoices()).filter(({ job }) => !diary.merged.has(job.customerId));
    if (ours.length < 2) return;
    const [winner, loser] = [year.pick(ours), year.pick(ours)];
    const isSame = winner.customer === loser.customer || winner.currency !== loser.currency;
    if (isSame || winner.job.customerId === loser.job.customerId) return;
    await year.control.mergeCustomers(year.realm, winner.customer, loser.customer);
    diary.merged.add(loser.job.customerId);
  },

  /** No company is connected for a while, or another one; meanwhile a customer pays on a page that was open before. */
  changeCompany: async (year: Year, day: string): Promise<void> => {
    const { books, contractor, control, realm } = year;
    const { admin } = contractor;
    const isOther = year.random.next() < 0.6;
    const leave = async (): Promise<void> => {
      const { status } = await provingAgain(admin, () => admin.post('/qbo/disconnect'));
      if (status !== 200) throw new Error(`not disconnected: ${status}`);
      if (!isOther) return;
      year.other ??= (await control.createCompany({ name: `Other ${realm}` })).realm_id;
      await connect(books.app, admin, { realmId: year.other, replaceCompany: true });
    };
    const comeBack = async (): Promise<void> => {
      await idle(books, contractor);
      await connect(books.app, admin, { realmId: realm, replaceCompany: isOther });
    };
    await charge(year, year.pick(year.diary.jobs), day, { leave, comeBack });
    if (year.other === undefined) return;
    for (const entity of ['Invoice', 'Payment', 'RefundReceipt', 'CreditMemo'] as const) {
      const [stray] = await control.records(year.other, entity);
      if (stray) throw new Error(`${entity} ${stray.Id} is in another company`);
    }
  },

  /** What is known of a customer is erased; its documents stay. It is refused while something is under way. */
  erase: async (year: Year): Promise<void> => {
    const { admin } = year.contractor;
    const { diary } = year;
    const { customerId } = year.pick(diary.jobs);
    if (diary.erased.has(customerId)) return;
    await pollCompany(year.books, year.contractor);
    const { status } = await provingAgain(admin, () => admin.post(`/customers/${customerId}/erase`));
    if (status === 200) diary.erased.add(customerId);
  },
} as const;
