import { aCustomer, pollCompany } from '../support/books.js';
import type { Answer, Json } from '../support/people.js';
import { charge, dateNewInvoices } from './card-deeds.js';
import { dateNewCredits } from './credit-dates.js';
import { foreignCurrencies, type Job, PROGRESS_PERCENT } from './diary.js';
import type { Year } from './year.js';

const STEP_CENTS = 10_000;
const STREETS = ['Elm', 'Birch', 'Cedar', 'Maple'] as const;
const POLICIES = ['invoice', 'completion', 'milestone', 'percent'] as const;

/** What the product is told of jobs on a day. What it refuses did not happen. */
export const JOB_DEEDS = {
  approve: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const { diary, random } = year;
    const known = diary.jobs.filter(
      ({ customerId }) => !diary.erased.has(customerId) && !diary.merged.has(customerId),
    );
    const old = random.next() < 0.3 && known.length > 0 ? year.pick(known) : null;
    const customerId = old?.customerId ?? (await aCustomer(year.contractor));
    const policy = year.isPlain ? 'invoice' : year.pick(POLICIES);
    const mayBeTaxed = diary.taxMode !== 'none' && random.next() < 0.6;
    const currency = mayBeTaxed ? diary.home : year.pick([diary.home, ...foreignCurrencies(diary)]);
    const isTaxed = mayBeTaxed && random.next() < 0.9;
    await admin.patch('/org/settings', {
      revenue_policy: policy,
      tax_mode: isTaxed ? diary.taxMode : 'none',
      retainage_percent: random.next() < 0.25 ? 10 : 0,
    });
    const site = `${100 + diary.jobs.length} ${year.pick(STREETS)}`;
    // Foreign documents come to whole cents by the rates of a year; at home nothing has to come out even.
    const oddCents = currency === diary.home ? 7 : 0;
    const lines = [
      {
        description: 'Roof',
        quantity: 1,
        unit_price_cents: (100_000 + oddCents) * random.between(2, 200) + oddCents,
      },
      { description: 'Discount', quantity: 1, unit_price_cents: (oddCents - 25_000) * random.between(1, 4) },
    ];
    const proposal = {
      name: `Roof of ${site} Street`,
      customer_id: customerId,
      currency,
      lines,
      site_address: { line1: `${site} Street`, city: 'Denver', region: 'CO', postal_code: '80202' },
    };
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
      isTaxed,
      policy,
      valueCents: lines.reduce((sum, one) => sum + one.unit_price_cents, 0),
      approvedOn: day,
      changes: [],
      completedOn: null,
      milestoneOn: null,
      percents: new Map(),
      cancelledOn: null,
      charges: [],
      refunds: [],
      disputes: [],
    };
    diary.jobs.push(job);
    if (random.next() < 0.25) return charge(year, job, day);
    await admin.post(`/qbo/invoice/${job.proposalId}`);
    await dateNewInvoices(year, job, day);
  },

  invoice: async (year: Year, day: string): Promise<void> => {
    const job = year.pick(year.diary.jobs);
    const entry = year.pick([2, 3, 3, 4]);
    const path = `/proposals/${job.proposalId}/contract/entries/${entry}/bill`;
    await year.tell(() => year.contractor.admin.post(path));
    await dateNewInvoices(year, job, day);
  },

  changeOrder: async (year: Year, day: string): Promise<void> => {
    const job = year.pick(year.diary.jobs);
    if (job.changes.length > 0 && year.random.next() < 0.3) return withdrawChange(year, job);
    const { entries } = await year.read(`/proposals/${job.proposalId}/contract`);
    const isFinal = (entries as Json[]).some(({ kind, state }) => kind === 'final' && state === 'invoiced');
    // Beside a refund a person says whether a credit is of the same money.
    if (isFinal && job.refunds.length > 0) return;
    await pollCompany(year.books, year.contractor); // what was paid by hand takes no credit
    const cents = STEP_CENTS * year.pick(isFinal ? [-3, -1, -1, 1, 2] : [-1, 1, 2, 5]);
    const { status, body } = await year.tell(() => approveChange(year, job, cents, day));
    if (status !== 200) return;
    job.changes.push({ number: body.number as number, day, cents });
    if (cents < 0) await dateNewCredits(year, job, day);
  },

  /** Its invoices are voided in QuickBooks, then the proposal is cancelled. */
  cancel: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const job = year.pick(year.diary.jobs);
    if (job.cancelledOn !== null) return;
    for (const invoice of await year.invoices())
      if (invoice.job === job) await year.control.voidInvoice(year.realm, invoice.id);
    await pollCompany(year.books, year.contractor);
    const { status } = await admin.patch(`/proposals/${job.proposalId}`, { status: 'cancelled' });
    if (status !== 200) return;
    await year.backDate('contracts', `proposal_id = ${job.proposalId}`, 'cancelled_at', day);
    job.cancelledOn = day;
  },

  work: async (year: Year, day: string): Promise<void> => {
    const { admin } = year.contractor;
    const job = year.pick(year.diary.jobs);
    const path = `/proposals/${job.proposalId}`;
    if (job.completedOn === null && year.random.next() < 0.4) {
      const { status } = await year.tell(() => admin.post(`${path}/complete`, { completed_on: day }));
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

/** A change of which nothing was billed or credited is as if it had never been, on past days too. */
async function withdrawChange(year: Year, job: Job): Promise<void> {
  const change = year.pick(job.changes);
  const path = `/proposals/${job.proposalId}/change-orders/${change.number}/void`;
  const reason = { reason: 'Not wanted any more' };
  const { status } = await year.tell(() => year.contractor.admin.post(path, reason));
  if (status === 200) job.changes.splice(job.changes.indexOf(change), 1);
}

async function approveChange(
  year: Year,
  { proposalId }: Job,
  cents: number,
  day: string,
): Promise<Answer<Json>> {
  const { admin } = year.contractor;
  const changes = `/proposals/${proposalId}/change-orders`;
  const lines = [{ description: 'Skylight', quantity: 1, unit_price_cents: cents }];
  const { body } = await admin.post(changes, { description: 'Skylight', lines });
  const approved = await admin.post(`${changes}/${body.number}/approve`, { reason: 'Signed' });
  if (approved.status !== 200) return approved;
  const contract = `select id from contracts where org_id = $4 and proposal_id = ${proposalId}`;
  const order = `contract_id = (${contract}) and number = ${body.number}`;
  await year.backDate('change_orders', order, 'approved_at', day);
  return approved;
}
