import { idle, pollCompany } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/people.js';
import { newestCharge } from './card-deeds.js';
import { rateIn } from './customer-deeds.js';
import {
  chargesOf,
  count,
  giveBack,
  hasOwnCredits,
  inBooksTooMuch,
  type JobCharge,
  partOf,
  receiptsCame,
} from './give-back.js';
import type { Year } from './year.js';

/** How what was paid by card comes to stand in no books, and what becomes of it then. */
export const STRAY_DEEDS = {
  /** A cheque comes for what the customer pays by card on a page that was open before. */
  payTwice: async (year: Year, day: string): Promise<void> => {
    const { admin, orgId } = year.contractor;
    const due = (await year.invoices()).filter(({ openCents }) => openCents > 0);
    if (due.length === 0) return;
    const { job } = year.pick(due);
    await pollCompany(year.books, year.contractor); // what was paid by hand is not asked for again
    const asked = await admin.post('/payments/checkout_session', { proposal_id: job.proposalId });
    if (asked.status !== 200) return;
    for (const invoice of due) {
      if (invoice.job !== job) continue;
      const cheque = { TxnDate: day, ...rateIn(year, invoice.currency) };
      await year.control.receivePayment(year.realm, invoice.id, cheque);
    }
    const before = await openItems(year, 'payment.create:%');
    const { payment_intent: intent } = await year.books.stripe.act('pay', { session: asked.body.session_id });
    const subject = await eventually(async () => {
      const fresh = (await openItems(year, 'payment.create:%')).filter((one) => !before.includes(one));
      if (fresh.length !== 1)
        throw new Error(`organisation ${orgId} is asked about ${fresh.length} payments`);
      return fresh[0]!;
    });
    await idle(year.books, year.contractor);
    const one = await newestCharge(year, job, day, { intent, isOfDeposit: asked.body.kind === 'deposit' });
    if (subject !== `payment.create:${one.paymentId}`) throw new Error(`${subject} is asked about`);
    if (year.random.next() < 0.7) await decide(year, { job, one }, day);
  },

  /** The bookkeeper takes what was paid by card for a mistake. */
  removeCharge: async (year: Year, day: string): Promise<void> => {
    const inBooks = chargesOf(year).filter(
      ({ one: { qboPayment, paymentId } }) => qboPayment !== null && inBooksTooMuch(year, paymentId) === 0,
    );
    if (inBooks.length === 0) return;
    const { job, one } = year.pick(inBooks);
    if (year.random.next() < 0.5) await year.control.deletePayment(year.realm, one.qboPayment!);
    else await year.control.voidPayment(year.realm, one.qboPayment!);
    one.qboPayment = null;
    await pollCompany(year.books, year.contractor);
    if (year.random.next() < 0.7) await decide(year, { job, one }, day);
  },

  decideStray: async (year: Year, day: string): Promise<void> => {
    const stray = chargesOf(year).filter(({ one }) => one.qboPayment === null);
    if (stray.length > 0) await decide(year, year.pick(stray), day);
  },
} as const;

/** What is in no books is given back, in parts or whole, or comes into them: as a credit, or entered once more. */
async function decide(year: Year, charge: JobCharge, day: string): Promise<void> {
  const { job, one } = charge;
  const { net_cents: left } = (await year.read(`/payments/${one.paymentId}`)) as { net_cents: number };
  if (left === 0) return;
  const settled = await itemAbout(year, `payment.create:${one.paymentId}`);
  const isBesideCredit = await hasOwnCredits(year, job); // a person says whether it is of the same money
  if (isBesideCredit && settled === null) return;
  const chance = year.random.next();
  if (chance < 0.35) return giveBack(year, charge, { cents: left, day });
  if (chance < 0.6) return giveBack(year, charge, { cents: partOf(year, job, left), day });
  if (isBesideCredit) return;
  if (settled !== null) return keepAsCredit(year, charge, settled);
  const removed = await itemAbout(year, `payment.removed:${one.paymentId}`);
  if (removed !== null) await enterAgain(year, charge, removed);
}

async function keepAsCredit(year: Year, charge: JobCharge, item: string): Promise<void> {
  const { job } = charge;
  const known = await payments(year);
  const before = await count(year, job, 'payment_recorded');
  const { status, body } = await year.contractor.admin.post(`/inbox/${item}/retry`);
  if (status !== 200) throw new Error(`not tried again: ${JSON.stringify(body)}`);
  await eventually(async () => {
    if ((await count(year, job, 'payment_recorded')) === before)
      throw new Error('the payment is not recorded');
  });
  const [made] = (await payments(year)).filter((id) => !known.includes(id));
  await cameIn(year, charge, made!);
}

/** On the invoice that it was on, as far as that is open; what does not fit was no such payment. */
async function enterAgain(year: Year, charge: JobCharge, item: string): Promise<void> {
  const { one, job } = charge;
  const [row] = await year.books.database.query<{ invoice: string }>(
    `select payload #>> '{draft,invoiceId}' as invoice from sync_operations
      where org_id = $1 and kind = 'payment.create' and entity_id = $2 order by generation desc limit 1`,
    [year.contractor.orgId, one.paymentId],
  );
  const cheque = { amount: one.cents / 100, TxnDate: one.day, ...rateIn(year, job.currency) };
  const entered = await year.control.receivePayment(year.realm, row!.invoice, cheque);
  const { status } = await year.contractor.admin.post(`/inbox/${item}/resolve`, {
    qbo_payment_id: entered.Id,
  });
  if (status === 200) await cameIn(year, charge, entered.Id);
  else await year.control.deletePayment(year.realm, entered.Id);
}

async function cameIn(year: Year, charge: JobCharge, qboPayment: string): Promise<void> {
  charge.one.qboPayment = qboPayment;
  year.cardPayments.add(qboPayment);
  await year.control.editPayment(year.realm, qboPayment, { TxnDate: charge.one.day });
  await receiptsCame(year, charge);
  await idle(year.books, year.contractor);
}

async function payments(year: Year): Promise<string[]> {
  return ((await year.control.records(year.realm, 'Payment')) as Json[]).map(({ Id }) => Id as string);
}

async function openItems(year: Year, like: string): Promise<string[]> {
  const rows = await year.books.database.query<{ subject: string }>(
    `select subject from inbox_items where org_id = $1 and subject like $2 and state = 'open'`,
    [year.contractor.orgId, like],
  );
  return rows.map(({ subject }) => subject);
}

async function itemAbout(year: Year, subject: string): Promise<string | null> {
  const [row] = await year.books.database.query<{ id: string }>(
    `select id from inbox_items where org_id = $1 and subject = $2 and state = 'open'`,
    [year.contractor.orgId, subject],
  );
  return row?.id ?? null;
}
