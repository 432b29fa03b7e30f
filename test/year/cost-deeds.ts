import { addDays } from '../../src/platform/time/calendar-day.js';
import type { Json } from '../support/people.js';
import type { Currency } from './diary.js';
import { type Cost, readPapers } from './papers.js';
import type { Year } from './year.js';

const STEP_CENTS = 2_500;

/** What is bought and paid on a day, and what a person decides about it. What is refused did not happen. */
export const COST_DEEDS = {
  buy: (year: Year, day: string) => buy(year, 'bill', day),

  vendorCredit: (year: Year, day: string) => buy(year, 'vendorcredit', day),

  purchase: (year: Year, day: string) => buy(year, 'purchase', day),

  /** A part of a bill is paid by cheque, or with a credit of the same vendor. */
  payBill: async (year: Year, day: string): Promise<void> => {
    const { costs } = await readPapers(year.control, year.realm);
    const open = costs.filter(({ type, openCents }) => type === 'bill' && openCents > 0);
    if (open.length === 0) return;
    const bill = year.pick(open);
    const credit = costs.find(
      ({ type, vendor, openCents }) => type === 'vendorcredit' && vendor === bill.vendor && openCents < 0,
    );
    const onto = (id: string, TxnType: string, cents: number) => ({
      Amount: cents / 100,
      LinkedTxn: [{ TxnId: id, TxnType }],
    });
    const part = STEP_CENTS * year.random.between(1, bill.openCents / STEP_CENTS);
    const used = credit && year.random.next() < 0.5 ? Math.min(part, -credit.openCents) : 0;
    const lines =
      used > 0
        ? [onto(bill.id, 'Bill', used), onto(credit!.id, 'VendorCredit', used)]
        : [onto(bill.id, 'Bill', part)];
    await year.enter('billpayment', {
      VendorRef: { value: bill.vendor },
      PayType: 'Check',
      CheckPayment: { BankAccountRef: { value: await account(year, 'Bank') } },
      TotalAmt: used > 0 ? 0 : part / 100,
      TxnDate: day,
      ...foreign(year, bill.currency),
      Line: lines,
    });
  },

  /** A bill is given another day or a lower line, or is deleted. */
  editBill: async (year: Year, day: string): Promise<void> => {
    const bills = ((await year.control.records(year.realm, 'Bill')) as Json[]).filter(
      ({ status, Balance, TotalAmt }) => status !== 'Deleted' && Balance === TotalAmt,
    );
    if (bills.length === 0) return;
    const { Id, SyncToken, Line, ...bill } = year.pick(bills);
    const kind = year.random.next();
    if (kind < 0.3) {
      await year.enter('bill?operation=delete', { Id, SyncToken });
      return;
    }
    const lines = (Line as Json[]).map((one, index) =>
      index === 0 && kind < 0.7 && one.Amount > 50 ? { ...one, Amount: one.Amount - 25 } : one,
    );
    const TxnDate = kind < 0.7 ? bill.TxnDate : addDays(day, -year.random.between(0, 20));
    await year.enter('bill?operation=update', { ...bill, Id, SyncToken, TxnDate, DueDate: day, Line: lines });
  },

  /** A person has a job bear a part of a line, or refuses it. The product knows of the cost by then. */
  decide: async (year: Year): Promise<void> => {
    const { admin } = year.contractor;
    const { diary } = year;
    const { items } = (await admin.get('/bills?limit=200')).body as { items: Json[] };
    const live = items.filter(({ state, lines }) => state !== 'deleted' && lines.length > 0);
    if (live.length === 0 || diary.jobs.length === 0) return;
    const bill = year.pick(live);
    const line = year.pick(bill.lines as Json[]);
    const job = year.pick(diary.jobs);
    const path = `/bills/${bill.id}/lines/${line.line}`;
    const kind = year.random.next();
    const decision = { cost: bill.id as string, line: line.line as number, proposalId: job.proposalId };
    const note = (cents: number, isAccepted: boolean): void => {
      const known = diary.decisions.find(
        (one) =>
          one.cost === decision.cost && one.line === decision.line && one.proposalId === job.proposalId,
      );
      if (known) Object.assign(known, { cents, isAccepted });
      else diary.decisions.push({ ...decision, cents, isAccepted });
    };
    if (kind < 0.3) {
      const { status } = await admin.post(`${path}/reject`, { proposal_id: job.proposalId });
      if (status === 200) note(0, false);
      return;
    }
    const whole = Math.abs(line.amount_cents as number);
    const cents = STEP_CENTS * year.random.between(1, Math.max(1, whole / STEP_CENTS));
    const isWhole = kind > 0.85;
    const order = { proposal_id: job.proposalId, amount_cents: cents, whole_project: isWhole };
    const { status } = await admin.post(`${path}/allocate`, order);
    if (status !== 200) return;
    note(cents * Math.sign(line.amount_cents as number), true);
    if (!isWhole) return;
    const { costs } = await readPapers(year.control, year.realm);
    const paper = costs.find(({ type, id }) => `${type}-${id}` === bill.id)!;
    diary.projects.set(paper.lines[decision.line - 1]!.customer!, job.proposalId);
  },
} as const;

async function buy(year: Year, type: Cost['type'], day: string): Promise<void> {
  const vendor = year.pick(year.vendors);
  const expense = await account(year, 'Cost of Goods Sold');
  const parties = await partiesOf(year);
  const Line = [];
  for (let count = year.random.between(1, 3); count > 0; count -= 1) {
    const job = year.diary.jobs.length > 0 ? year.pick(year.diary.jobs) : null;
    const named = ['Shingles', `Shingles for CRM-${job?.proposalId}`, `Nails, ${job?.site}`];
    const party = parties.length > 0 && year.random.next() < 0.6 ? year.pick(parties) : null;
    Line.push({
      DetailType: 'AccountBasedExpenseLineDetail',
      Amount: (STEP_CENTS * year.random.between(1, 40)) / 100,
      Description: job === null ? named[0] : year.pick(named),
      AccountBasedExpenseLineDetail: {
        AccountRef: { value: expense },
        ...(party === null ? {} : { CustomerRef: { value: party } }),
      },
    });
  }
  const head = { TxnDate: day, Line, ...foreign(year, vendor.currency) };
  if (type !== 'purchase') {
    await year.enter(type, {
      ...head,
      VendorRef: { value: vendor.id },
      ...(type === 'bill' ? { DueDate: addDays(day, year.random.between(0, 60)) } : {}),
    });
    return;
  }
  const isCard = year.random.next() < 0.5;
  await year.enter('purchase', {
    ...head,
    PaymentType: isCard ? 'CreditCard' : 'Cash',
    AccountRef: { value: await account(year, isCard ? 'Credit Card' : 'Bank') },
    EntityRef: { value: vendor.id, type: 'Vendor' },
    ...(isCard && year.random.next() < 0.4 ? { Credit: true } : {}),
  });
}

/** Customers of QuickBooks that stand on our invoices, their sub-customers, and one that is none of ours. */
async function partiesOf(year: Year): Promise<string[]> {
  const ours = [...new Set((await year.invoices()).map(({ customer }) => customer))];
  if (ours.length > 0 && year.random.next() < 0.15) {
    const value = year.pick(ours);
    const parent = (await year.control.records(year.realm, 'Customer')).find(({ Id }) => Id === value)!;
    await year.control.createCustomer(
      year.realm,
      `Garage ${Number(value) * 1_000 + year.random.between(0, 999)}`,
      {
        Job: true,
        ParentRef: { value },
        ...(parent.CurrencyRef === undefined ? {} : { CurrencyRef: parent.CurrencyRef }),
      },
    );
  }
  const { parents } = await readPapers(year.control, year.realm);
  const below = [...parents].filter(([, parent]) => ours.includes(parent)).map(([id]) => id);
  return [...ours, ...below, year.walkIn];
}

function foreign({ rates }: Year, currency: string): object {
  const rate = rates[currency as Currency];
  return rate === 1 ? {} : { CurrencyRef: { value: currency }, ExchangeRate: rate };
}

async function account(year: Year, type: string): Promise<string> {
  const accounts = await year.control.records(year.realm, 'Account');
  const found =
    accounts.find(({ AccountType }) => AccountType === type) ??
    accounts.find(({ AccountType }) => AccountType === 'Expense');
  return found!.Id;
}
