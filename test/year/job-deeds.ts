import { aCustomer, eventsOf, pollCompany } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type Json, provingAgain } from '../support/people.js';
import { type Currency, type Job, PROGRESS_PERCENT, RATES } from './diary.js';
import type { Year } from './year.js';

const STEP_CENTS = 10_000;
const STREETS = ['Elm', 'Birch', 'Cedar', 'Maple'] as const;
const POLICIES = ['invoice', 'completion', 'milestone', 'percent'] as const;

/** What the product is told of jobs on a day. What it refuses did not happen. */
export const JOB_DEEDS = {
  approve: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const { diary, random } = year;
    const old = random.next() < 0.3 && diary.jobs.length > 0 ? year.pick(diary.jobs) : null;
    const customerId = old?.customerId ?? (await aCustomer(year.contractor));
    const policy = year.isPlain ? 'invoice' : year.pick(POLICIES);
    await admin.patch('/org/settings', { revenue_policy: policy });
    const site = `${100 + diary.jobs.length} ${year.pick(STREETS)}`;
    const lines = [
      { description: 'Roof', quantity: 1, unit_price_cents: 100_000 * random.between(2, 200) },
      { description: 'Discount', quantity: 1, unit_price_cents: -25_000 * random.between(1, 4) },
    ];
    const currency = year.pick(Object.keys(RATES) as Currency[]);
    const proposal = { name: `Roof of ${site} Street`, customer_id: customerId, currency, lines };
    const { body } = await admin.post('/proposals', proposal);
    const approved = await admin.post(`/proposals/${body.id}/approve`);
    if (approved.status !== 200) throw new Error(`not approved: ${JSON.stringify(approved.body)}`);
    await year.backDate('contracts', `proposal_id = ${body.id}`, 'approved_at', day);
    await admin.put(`/proposals/${body.id}/contract/schedule`, {
      entries: [{ kind: 'progress', percent: PROGRESS_PERCENT, milestone: 'The roof is dry' }],
    });
    const job: Job = {
      proposalId: body.id as number,
      customerId,
      name: proposal.name,
      site: site.toLowerCase(),
      currency,
      policy,
      valueCents: lines.reduce((sum, one) => sum + one.unit_price_cents, 0),
      approvedOn: day,
      changes: [],
      completedOn: null,
      milestoneOn: null,
      percents: new Map(),
      charges: [],
      refunds: [],
    };
    diary.jobs.push(job);
    if (random.next() < 0.25) return charge(year, job, day);
    await admin.post(`/qbo/invoice/${job.proposalId}`);
    await dateNewInvoices(year, job, day);
  },

  invoice: async (year: Year, day: string): Promise<void> => {
    const job = year.pick(year.diary.jobs);
    const entry = year.pick([2, 3]);
    await year.contractor.admin.post(`/proposals/${job.proposalId}/contract/entries/${entry}/bill`);
    await dateNewInvoices(year, job, day);
  },

  payByCard: async (year: Year, day: string): Promise<void> => charge(year, year.pick(year.diary.jobs), day),

  refund: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const { items } = (await admin.get('/payments?limit=200')).body as { items: Json[] };
    const open = items.filter(({ amount_cents, refunded_cents }) => amount_cents > refunded_cents);
    if (open.length === 0) return;
    const payment = year.pick(open);
    const job = year.diary.jobs.find(({ proposalId }) => proposalId === payment.proposal_id)!;
    const left: number = payment.amount_cents - payment.refunded_cents;
    const cents = Math.min(left, STEP_CENTS * year.random.between(1, 5));
    const before = await count(year, job, 'refund_recorded');
    const refund = { amount_cents: cents, reason: 'Goodwill' };
    const answer = await provingAgain(admin, () => admin.post(`/payments/${payment.id}/refund`, refund));
    if (answer.status >= 300) return;
    await eventually(async () => {
      if ((await count(year, job, 'refund_recorded')) === before)
        throw new Error('the refund is not recorded');
    });
    const { refunds } = (await admin.get(`/payments/${payment.id}`)).body as { refunds: Json[] };
    const newest = Math.max(...refunds.map(({ id }) => id as number));
    await year.backDate('refunds', `id = ${newest}`, 'made_at', day);
    const receipt = (await year.control.records(year.realm, 'RefundReceipt')).at(-1)!;
    const { Id, SyncToken } = receipt;
    await year.enter('refundreceipt?operation=update', { Id, SyncToken, sparse: true, TxnDate: day });
    const { isOfDeposit } = job.charges.find(({ paymentId }) => paymentId === payment.id)!;
    job.refunds.push({ day, cents, isOfDeposit, receipt: Id });
  },

  changeOrder: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const job = year.pick(year.diary.jobs);
    const { entries } = (await admin.get(`/proposals/${job.proposalId}/contract`)).body as {
      entries: Json[];
    };
    if (entries.some(({ kind, state }) => kind === 'final' && state === 'invoiced')) return;
    const cents = STEP_CENTS * year.pick([-1, 1, 2, 5]);
    const lines = [{ description: 'Skylight', quantity: 1, unit_price_cents: cents }];
    const { body } = await admin.post(`/proposals/${job.proposalId}/change-orders`, {
      description: 'Skylight',
      lines,
    });
    const path = `/proposals/${job.proposalId}/change-orders/${body.number}/approve`;
    if ((await admin.post(path, { reason: 'Signed' })).status !== 200) return;
    const contract = `select id from contracts where org_id = $4 and proposal_id = ${job.proposalId}`;
    const order = `contract_id = (${contract}) and number = ${body.number}`;
    await year.backDate('change_orders', order, 'approved_at', day);
    job.changes.push({ day, cents });
  },

  work: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const job = year.pick(year.diary.jobs);
    const path = `/proposals/${job.proposalId}`;
    if (job.completedOn === null && year.random.next() < 0.4) {
      const { status } = await admin.post(`${path}/complete`, { completed_on: day });
      if (status === 200) job.completedOn = day;
    } else if (job.policy === 'milestone') {
      const { status } = await admin.post(`${path}/contract/entries/2/reached`, { reached_on: day });
      if (status === 200) job.milestoneOn = day;
    } else if (job.policy === 'percent') {
      const month = day.slice(0, 7);
      const before = Math.max(0, ...job.percents.values());
      const percent = Math.round(Math.min(100, before + year.random.between(1, 6_000) / 100) * 100) / 100;
      const { status } = await admin.put(`${path}/contract/progress`, { month, percent });
      if (status === 200) job.percents.set(month, percent);
    }
  },
} as const;

/** What is due is paid on Stripe's page, and is in the books on the same day. */
async function charge(year: Year, job: Job, day: string): Promise<void> {
  const { admin } = year.contractor;
  await pollCompany(year.books, year.contractor); // what was paid by hand is not asked for again
  const asked = await admin.post('/payments/checkout_session', { proposal_id: job.proposalId });
  if (asked.status !== 200) return;
  const before = await count(year, job, 'payment_recorded');
  const known = new Set((await year.control.records(year.realm, 'Payment')).map(({ Id }) => Id));
  const paid = await year.books.stripe.act('pay', { session: asked.body.session_id });
  await eventually(async () => {
    if ((await count(year, job, 'payment_recorded')) === before)
      throw new Error('the payment is not recorded');
  });
  await dateNewInvoices(year, job, day);
  const { items } = (await admin.get(`/payments?proposal_id=${job.proposalId}`)).body as { items: Json[] };
  const newest = items.toSorted((one, other) => other.id - one.id)[0]!;
  await year.backDate('payments', `id = ${newest.id}`, 'paid_at', day);
  for (const { Id } of await year.control.records(year.realm, 'Payment'))
    if (!known.has(Id)) {
      year.cardPayments.add(Id);
      await year.control.editPayment(year.realm, Id, { TxnDate: day });
    }
  const intent = await year.books.stripe.show(
    `payment_intents/${paid.payment_intent}?expand[]=latest_charge.balance_transaction`,
  );
  const { fee, currency } = intent.latest_charge.balance_transaction as { fee: number; currency: string };
  job.charges.push({
    paymentId: newest.id as number,
    isOfDeposit: asked.body.kind === 'deposit',
    day,
    cents: newest.amount_cents as number,
    feeCents: fee,
    feeCurrency: currency.toUpperCase(),
  });
}

/** What the product has invoiced today gets the day of the year that it is. */
async function dateNewInvoices(year: Year, job: Job, day: string): Promise<void> {
  const today = new Date(Date.now() - 86_400_000 * 2).toISOString().slice(0, 10);
  for (const invoice of await year.invoices()) {
    if (invoice.job === job && invoice.day >= today) {
      const DueDate = day;
      await year.control.editInvoice(year.realm, invoice.id, { TxnDate: day, DueDate });
    }
  }
}

async function count(year: Year, job: Job, event: string): Promise<number> {
  return (await eventsOf(year.contractor, job.proposalId)).filter((one) => one === event).length;
}
