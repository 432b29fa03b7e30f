import { idle, pollCompany } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/people.js';
import type { Charge, Job, Refund } from './diary.js';
import {
  chargesOf,
  count,
  giveBack,
  hasOwnCredits,
  inBooksTooMuch,
  type JobCharge,
  partOf,
} from './give-back.js';
import type { Year } from './year.js';

/** What happens to what is paid by card, at Stripe and in the product. What is refused did not happen. */
export const CARD_DEEDS = {
  payByCard: async (year: Year, day: string): Promise<void> => {
    const due = (await year.invoices()).filter(({ openCents }) => openCents > 0);
    const job = due.length > 0 && year.random.next() < 0.8 ? year.pick(due).job : year.pick(year.diary.jobs);
    await charge(year, job, day);
  },

  refund: async (year: Year, day: string): Promise<void> => {
    const open: { paid: JobCharge; leftCents: number }[] = [];
    for (const paid of chargesOf(year)) {
      const { paymentId, qboPayment } = paid.one;
      const { net_cents: leftCents } = (await year.read(`/payments/${paymentId}`)) as { net_cents: number };
      if (leftCents > 0 && qboPayment !== null && inBooksTooMuch(year, paymentId) === 0)
        open.push({ paid, leftCents });
    }
    if (open.length === 0) return;
    const { paid, leftCents } = year.pick(open);
    const { job } = paid;
    if (await hasOwnCredits(year, job)) return; // a person says whether it is of the same money
    await giveBack(year, paid, { cents: partOf(year, job, leftCents), day });
  },

  /** A refund comes back from the customer's bank; the bookkeeper takes its receipt out, now or never. */
  refundFails: async (year: Year): Promise<void> => {
    const { admin } = year.contractor;
    const made = year.diary.jobs.flatMap((job) => job.refunds.filter((one) => mayFail(job, one)));
    if (made.length === 0) return;
    const refund = year.pick(made);
    const [row] = await year.books.database.query<{ id: string }>(
      'select stripe_refund_id as id from refunds where org_id = $1 and id = $2',
      [year.contractor.orgId, refund.id],
    );
    await year.books.stripe.act('update-refund', { refund: row!.id, status: 'failed' });
    await eventually(async () => {
      const { refunds } = (await admin.get(`/payments/${refund.paymentId}`)).body as { refunds: Json[] };
      if (refunds.find(({ id }) => id === refund.id)!.state !== 'failed')
        throw new Error('it has not failed here');
    });
    refund.hasFailed = true;
    if (refund.receipt === null) await idle(year.books, year.contractor);
    else if (year.random.next() < 0.7) await takeReceiptOut(year, refund);
  },

  /** The bank takes what was paid, or a part of it, until it has decided. */
  dispute: async (year: Year, day: string): Promise<void> => {
    const charges = year.diary.jobs.flatMap((job) => job.charges.map((one) => ({ job, one })));
    if (charges.length === 0) return;
    const { job, one } = year.pick(charges);
    const { net_cents: left } = await year.read(`/payments/${one.paymentId}`);
    if (
      left === 0 ||
      job.disputes.some(({ paymentId, state }) => paymentId === one.paymentId && state === 'open')
    )
      return;
    const isPart = year.random.next() < 0.5;
    const cents: number = isPart && job.currency === year.diary.home ? year.random.between(1, left) : left;
    const amount = job.currency === 'JPY' ? cents / 100 : cents;
    const { id } = await year.books.stripe.act('dispute', { payment_intent: one.intent, amount });
    job.disputes.push({ id, paymentId: one.paymentId, day, cents, state: 'open' });
    await eventually(() => knownDispute(year, id, 'open'));
  },

  decideDispute: async (year: Year, day: string): Promise<void> => {
    const all = year.diary.jobs.flatMap(({ disputes }) => disputes);
    const undecided = all.filter(({ state }) => state !== 'won');
    if (undecided.length === 0) return;
    const dispute = year.pick(undecided);
    const isLost = dispute.state === 'open' && year.random.next() < 0.6;
    const act = dispute.state === 'lost' ? 'overturn-dispute' : 'close-dispute';
    const state = isLost ? 'lost' : 'won';
    await year.books.stripe.act(act, {
      dispute: dispute.id,
      ...(act === 'close-dispute' ? { status: state } : {}),
    });
    await eventually(() => knownDispute(year, dispute.id, state));
    await year.backDate('disputes', `stripe_dispute_id = '${dispute.id}'`, 'status_at', day);
    Object.assign(dispute, { day, state });
  },
} as const;

/** What is due is paid on the page of Stripe, `meanwhile` with no company or another one, and booked on that day. */
export async function charge(
  year: Year,
  job: Job,
  day: string,
  meanwhile?: { leave: () => Promise<void>; comeBack: () => Promise<void> },
): Promise<void> {
  const { admin } = year.contractor;
  await pollCompany(year.books, year.contractor); // what was paid by hand is not asked for again
  const asked = await admin.post('/payments/checkout_session', { proposal_id: job.proposalId });
  if (asked.status !== 200) return;
  const before = await count(year, job, 'payment_recorded');
  const known = new Set((await year.control.records(year.realm, 'Payment')).map(({ Id }) => Id));
  await meanwhile?.leave();
  const paid = await year.books.stripe.act('pay', { session: asked.body.session_id });
  await meanwhile?.comeBack();
  await eventually(async () => {
    if ((await count(year, job, 'payment_recorded')) === before)
      throw new Error('the payment is not recorded');
  });
  await dateNewInvoices(year, job, day);
  const { payment_intent: intent } = paid as { payment_intent: string };
  const one = await newestCharge(year, job, day, { intent, isOfDeposit: asked.body.kind === 'deposit' });
  const made = (await year.control.records(year.realm, 'Payment')).find(({ Id }) => !known.has(Id))!;
  one.qboPayment = made.Id;
  year.cardPayments.add(made.Id);
  await year.control.editPayment(year.realm, made.Id, { TxnDate: day });
}

/** What was just paid by card is of that day; it is in no books yet. */
export async function newestCharge(
  year: Year,
  job: Job,
  day: string,
  { intent, isOfDeposit }: Pick<Charge, 'intent' | 'isOfDeposit'>,
): Promise<Charge> {
  const { items } = (await year.read(`/payments?proposal_id=${job.proposalId}`)) as { items: Json[] };
  const newest = items.toSorted((one, other) => other.id - one.id)[0]!;
  await year.backDate('payments', `id = ${newest.id}`, 'paid_at', day);
  const { latest_charge } = await year.books.stripe.show(
    `payment_intents/${intent}?expand[]=latest_charge.balance_transaction`,
  );
  const { fee, currency } = latest_charge.balance_transaction as { fee: number; currency: string };
  const charged: Charge = {
    paymentId: newest.id as number,
    intent,
    qboPayment: null,
    isOfDeposit,
    day,
    cents: newest.amount_cents as number,
    feeCents: fee,
    feeCurrency: currency.toUpperCase(),
  };
  job.charges.push(charged);
  return charged;
}

/** What the product has invoiced today gets the day of the year that it is. */
export async function dateNewInvoices(year: Year, job: Job, day: string): Promise<void> {
  const today = new Date(Date.now() - 86_400_000 * 2).toISOString().slice(0, 10);
  for (const invoice of await year.invoices()) {
    if (invoice.job === job && invoice.day >= today) {
      const DueDate = day;
      await year.control.editInvoice(year.realm, invoice.id, { TxnDate: day, DueDate });
    }
  }
}

async function takeReceiptOut(year: Year, refund: Refund): Promise<void> {
  const { receipt, paymentId } = refund;
  const { admin } = year.contractor;
  const { SyncToken } = (await year.control.records(year.realm, 'RefundReceipt')).find(
    ({ Id }) => Id === receipt,
  )!;
  await year.enter('refundreceipt?operation=delete', { Id: receipt, SyncToken });
  const item = await eventually(async () => {
    const [found] = await year.books.database.query<{ id: string }>(
      `select id from inbox_items where org_id = $1 and subject = $2 and state = 'open'`,
      [year.contractor.orgId, `refund.excess:${paymentId}`],
    );
    if (!found) throw new Error(`nothing is asked about the refund of payment ${paymentId}`);
    return found;
  });
  const { status, body } = await admin.post(`/inbox/${item.id}/resolve`);
  if (status !== 200) throw new Error(`not resolved: ${JSON.stringify(body)}`);
  refund.isTakenOut = true;
}

/** Of several that are in no books it is not said which one fails. */
function mayFail(job: Job, refund: Refund): boolean {
  const others = job.refunds.filter((one) => one !== refund && one.paymentId === refund.paymentId);
  return (
    !refund.hasFailed &&
    (refund.receipt === null
      ? others.every(({ hasFailed, receipt }) => hasFailed || receipt !== null)
      : others.every(({ receipt }) => receipt !== null))
  );
}

async function knownDispute(year: Year, id: string, state: string): Promise<void> {
  const [row] = await year.books.database.query<{ state: string }>(
    'select state from disputes where org_id = $1 and stripe_dispute_id = $2',
    [year.contractor.orgId, id],
  );
  if (row?.state !== state) throw new Error(`dispute ${id} is not ${state}`);
}
