import { addDays, addMonths, lastDayOf } from '../../src/platform/time/calendar-day.js';
import type { Json } from '../support/people.js';
import { forecastLaw, gainLaw, standingLaw, statementLaw } from './account-laws.js';
import { bridgeLaw, cashBridgeLaw } from './bridge-law.js';
import { creditsOnCash } from './credits-on-cash.js';
import { atHome, type Diary } from './diary.js';
import { add, compare, type Difference, equal, nonZero } from './difference.js';
import type { PostedEntry } from './hand-journal.js';
import { byJob, deferredByJob, sums, upTo } from './journal-sums.js';
import { depositsOwed, incomeByMonth, openByParty } from './ledger.js';
import { marginLaw } from './margin-law.js';
import { packLaw } from './pack-law.js';
import { failedReceipts } from './papers.js';
import { paymentsLaw } from './payments-law.js';
import type { Moment, Year } from './year.js';

const FROM = '2026-01-01';

/** Everything that holds of a year at any moment, each law by its name. */
export const LAWS: Readonly<Record<string, (year: Year, moment: Moment) => Promise<Difference[]>>> = {
  /** Revenue of each job over random days is what the documents and decisions come to, by its policy. */
  earned: async (year, { day }) => {
    const [from, to] = window(year, day);
    const { rows } = await year.read(`/reports/revenue?by=proposal&from=${from}&to=${to}`);
    const product = sums(rows, 'key', 'earned_cents');
    return compare(
      'earned',
      product,
      byJob(year, 'earned', ({ postedOn }) => postedOn >= from && postedOn <= to),
    );
  },

  /** Money by month is what was paid less what went back. */
  received: async (year, { day }) => {
    const { rows } = await year.read(`/reports/revenue?basis=cash&by=proposal&from=${FROM}&to=${day}`);
    return compare('received', sums(rows, 'key', 'earned_cents'), byJob(year, 'received', upTo(day)));
  },

  /** By policy `invoice` and with every month open, revenue is the income of QuickBooks' ledger in every month. */
  ledgerIncome: async (year, { day, papers }) => {
    if (!year.isPlain) return [];
    const others = new Map<string, number>();
    for (const { number, day: on, currency, lines } of papers.invoices) {
      if (number.startsWith('CRM-')) continue;
      const cents = lines.reduce((sum, one) => sum + one.cents, 0);
      add(others, on.slice(0, 7), atHome(year.diary, currency, cents));
    }
    // A credit memo by hand that is on no invoice lowers income there, and is of no job.
    const used = new Set(papers.settlements.map(({ memo }) => memo));
    for (const { id, number, day: on, currency, lines } of papers.memos) {
      if (used.has(id) || number.startsWith('CRM-')) continue;
      const cents = lines.reduce((sum, one) => (one.ground === 'income' ? sum + one.cents : sum), 0);
      add(others, on.slice(0, 7), -atHome(year.diary, currency, cents));
    }
    const differences: Difference[] = [];
    for (const [basis, method] of [
      ['accrual', 'Accrual'],
      ['cash', 'Cash'],
    ] as const) {
      // What pays a deposit that is owed is money to us, and no income to QuickBooks.
      if (method === 'Cash' && year.diary.mode === 'liability') continue;
      const { rows } = await year.read(`/reports/revenue?basis=${basis}&by=month&from=${FROM}&to=${day}`);
      const lost = year.diary.jobs.some(({ disputes }) => disputes.some(({ state }) => state === 'lost'));
      if (method === 'Cash' && lost) continue; // QuickBooks is not told of them
      // A payment goes over all lines of its invoice, and so over what is withheld: income that nobody paid yet.
      const isWithheld = papers.invoices.some((one) => one.lines.some(({ ground }) => ground === 'retained'));
      if (method === 'Cash' && isWithheld) continue;
      // A credit memo is used on all lines of its invoice, and so on tax too: it takes more income off than it pays.
      const isOnTaxed = papers.settlements.some(
        ({ by, invoice }) =>
          by === 'memo' && papers.invoices.some((one) => one.id === invoice && one.taxCents !== 0),
      );
      if (method === 'Cash' && isOnTaxed) continue;
      const product = new Map<string, number>(method === 'Accrual' ? others : []);
      for (const row of rows as Json[])
        add(product, row.key, atHome(year.diary, row.currency, row.earned_cents));
      if (method === 'Cash')
        for (const { day: on, currency, cents } of outOfBooks(year.diary))
          add(product, on.slice(0, 7), -atHome(year.diary, currency, cents));
      if (method === 'Cash')
        for (const { day: on, cents } of creditsOnCash(year.diary, papers))
          add(product, on.slice(0, 7), cents);
      // What a cheque paid on an invoice that was voided since is on account: income there, and of no job.
      if (method === 'Cash')
        for (const { id, day: on, currency, cents } of papers.onAccount)
          if (!year.cardPayments.has(id)) add(product, on.slice(0, 7), atHome(year.diary, currency, cents));
      for (const { day: on, currency, lines } of failedReceipts(year, papers))
        for (const { ground, cents } of lines)
          if (ground === 'income') add(product, on.slice(0, 7), -atHome(year.diary, currency, cents));
      const ledger = await incomeByMonth(year, method);
      if (method === 'Cash') roundAsLedger(product, ledger, partsOnTaxed(papers));
      differences.push(...compare(`income, ${method}`, nonZero(product), ledger));
    }
    return differences;
  },

  /** The roll-forward of a month is that of the second journal, and opens with what the month before closed with. */
  deferred: async (year, { day }) => {
    const month = year.pick(monthsUpTo(day));
    const first = `${month}-01`;
    const { rows } = await year.read(`/reports/deferred-revenue?month=${month}`);
    const before = ({ postedOn }: PostedEntry): boolean => postedOn < first;
    const now = (one: PostedEntry): boolean => one.postedOn.startsWith(month) && one.day >= first;
    const late = (one: PostedEntry): boolean => one.postedOn.startsWith(month) && one.day < first;
    const until = ({ postedOn }: PostedEntry): boolean => postedOn <= lastDayOf(month);
    return [
      ...compare('opening', sums(rows, 'proposal_id', 'opening_cents'), deferredByJob(year, before)),
      ...compare('billed', sums(rows, 'proposal_id', 'billed_cents'), byJob(year, 'billed', now)),
      ...compare('earned', sums(rows, 'proposal_id', 'earned_cents'), byJob(year, 'earned', now)),
      ...compare('refunded', sums(rows, 'proposal_id', 'refunded_cents'), byJob(year, 'credited', now)),
      ...compare('adjustment', sums(rows, 'proposal_id', 'adjustment_cents'), deferredByJob(year, late)),
      ...compare('closing', sums(rows, 'proposal_id', 'closing_cents'), deferredByJob(year, until)),
    ];
  },

  /** Deposits that are held are the balance of QuickBooks' liability account for them. */
  deposits: async (year, { day, papers }) => {
    if (year.diary.mode === 'income') return [];
    let held = 0;
    for (const { proposalId, currency } of year.diary.jobs) {
      const { deposit_held_cents } = await year.read(`/proposals/${proposalId}/contract`);
      held += atHome(year.diary, currency, deposit_held_cents as number);
    }
    let owed = await depositsOwed(year, day);
    // A deposit stands at the rate of its own day, and what releases it at another.
    for (const [sign, sales] of [
      [1, papers.invoices],
      [-1, papers.memos],
      [-1, papers.refunds],
    ] as const)
      for (const { currency, rate, lines } of sales)
        for (const { ground, cents } of lines)
          if (ground === 'held')
            owed -= sign * (Math.round(cents * rate) - atHome(year.diary, currency, cents));
    for (const { currency, lines } of failedReceipts(year, papers))
      for (const { ground, cents } of lines)
        if (ground === 'held') owed += atHome(year.diary, currency, cents);
    const differences = equal('deposits held', held, owed);
    if (!year.isPlain) return differences;
    const { totals } = await year.read(`/reports/deferred-revenue?month=${day.slice(0, 7)}`);
    const closing = (totals as Json[]).reduce(
      (sum, one) => sum + atHome(year.diary, one.currency, one.closing_cents),
      0,
    );
    return [...differences, ...equal('deferred revenue', closing, owed)];
  },

  /** Receivables of every customer at the end of a random day are those of QuickBooks' report. */
  receivables: async (year, { day }) => {
    const on = addDays(day, -year.random.between(0, 60));
    const { rows, credits } = await year.read(`/reports/aging?scope=company&as_of=${on}`);
    const product = new Map<string, number>();
    for (const row of [...rows, ...credits] as Json[])
      add(product, `${row.qbo_customer_id} in ${row.currency}`, row.total_cents);
    const ledger = await openByParty(year, 'AgedReceivableDetail', on);
    return compare(`receivables on ${on}`, nonZero(product), ledger);
  },

  /** What is open of bills less vendors' credits is what QuickBooks says each vendor is owed. */
  payables: async (year, { day, papers }) => {
    const product = new Map<string, number>();
    const vendors = new Map(papers.costs.map(({ type, id, vendor }) => [`${type}-${id}`, vendor]));
    for (const { id, qbo_type: type, currency, balance_cents, state } of await allBills(year)) {
      if (state === 'deleted' || type === 'Purchase') continue;
      const sign = type === 'VendorCredit' ? -1 : 1;
      const vendor = vendors.get(id as string) ?? 'nobody';
      add(product, `${vendor} in ${currency}`, sign * Math.abs(balance_cents));
    }
    return compare('payables', nonZero(product), await openByParty(year, 'AgedPayableDetail', day));
  },

  /** The margin of each job is that of a second computation. */
  margin: async (year, moment) => marginLaw(year, moment, window(year, moment.day)),

  /** QuickBooks' income less ours is explained to the cent, each reason by documents of its own. */
  bridge: bridgeLaw,

  /** What the exchange rate gained follows from the rates of each invoice and of what was paid on it. */
  gains: gainLaw,

  /** A customer's statement and receivables by age agree, on any day. */
  statements: statementLaw,

  /** What is with us of every payment is what Stripe has of it. */
  payments: paymentsLaw,

  /** On cash basis, too, the difference to QuickBooks' income is explained to the cent. */
  cashBridge: cashBridgeLaw,

  /** The cash that is forecast is what is open. */
  forecast: forecastLaw,

  /** Every contract knows what was billed of it. */
  standings: standingLaw,

  /** Closed months have the figures, the hash and the chain that they were closed with. */
  packs: packLaw,
};

/** Every law at a moment. */
export async function differencesAt(year: Year, moment: Moment): Promise<Difference[]> {
  year.journal.keepUp(moment.truth);
  const found: Difference[] = [];
  for (const [law, holds] of Object.entries(LAWS))
    found.push(...(await holds(year, moment)).map((one) => ({ ...one, law })));
  return found;
}

export async function allBills(year: Year): Promise<Json[]> {
  const { items } = await year.read('/bills?limit=200');
  return items as Json[];
}

/** Money that is with us and in no books, less what went back of it there. */
function outOfBooks({ jobs }: Diary): { day: string; currency: string; cents: number }[] {
  return jobs.flatMap(({ currency, charges, refunds }) => [
    ...charges.filter(({ qboPayment }) => qboPayment === null).map((one) => ({ ...one, currency })),
    ...refunds
      .filter(({ receipt, hasFailed }) => receipt === null && !hasFailed)
      .map(({ day, cents }) => ({ day, currency, cents: -cents })),
  ]);
}

function window({ random }: Year, day: string): [string, string] {
  const days = [addDays(FROM, random.between(0, 330)), addDays(FROM, random.between(0, 330)), day];
  const [from, to] = days.filter((one) => one <= day).toSorted() as [string, string];
  return [from === to ? FROM : from, to ?? day];
}

function monthsUpTo(day: string): string[] {
  const months = [FROM.slice(0, 7)];
  while (months.at(-1)! < day.slice(0, 7)) months.push(addMonths(months.at(-1)!, 1));
  return months;
}

/**
 * How many payments of a month pay a part of a taxed invoice, and by month. QuickBooks rounds the tax of each, we the
 * share of each line with the tax: by a cent they differ, until the invoice is paid.
 */
function partsOnTaxed({ invoices, settlements }: Moment['papers']): Map<string, number> {
  const parts = new Map<string, number>();
  for (const { invoice: id, day, cents, by } of settlements) {
    const invoice = invoices.find((one) => one.id === id);
    if (by !== 'money' || !invoice || invoice.taxCents === 0 || cents === invoice.cents) continue;
    add(parts, (day > invoice.day ? day : invoice.day).slice(0, 7), 1);
  }
  return parts;
}

/** Of months in which both differ by no more cents than that: what the ledger has. */
function roundAsLedger(
  product: Map<string, number>,
  ledger: ReadonlyMap<string, number>,
  cents: ReadonlyMap<string, number>,
): void {
  for (const [month, most] of cents) {
    const theirs = ledger.get(month) ?? 0;
    if (Math.abs((product.get(month) ?? 0) - theirs) <= most) product.set(month, theirs);
  }
}
