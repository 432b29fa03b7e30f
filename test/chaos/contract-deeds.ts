import type { Act, Doing } from './deed.ts';
import { one } from './deed.ts';

/** Kept back of invoices of what is approved from then on, in percent. */
const RETAINAGE = [10, 0, 5] as const;

/** What is agreed with a customer, before the work and during it. */
export const agreeing = {
  sell: (doing) => sell(doing),
  'sell again': async (doing) => {
    const job = one(doing.contractor.jobs, doing.deed.which);
    return job && sell(doing, { customerId: job.customerId });
  },
  /** To somebody who is new, or to a customer who has bought in the home currency before. */
  'sell abroad': async (doing) => {
    const job = doing.deed.share % 2 === 0 ? one(doing.contractor.jobs, doing.deed.which) : undefined;
    return sell(doing, { customerId: job?.customerId, currency: 'EUR' });
  },
  'set terms': async ({ contractor, deed }) => {
    const percent = one(RETAINAGE, deed.which)!;
    const { status } = await contractor.ask('PATCH', '/org/settings', { retainage_percent: percent });
    return { result: `${percent} % are withheld: ${status}` };
  },
  'plan progress': async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const { status } = await contractor.ask('PUT', `/proposals/${job.proposalId}/contract/schedule`, {
      entries: [
        { kind: 'progress', percent: 1 + (deed.share % 40), milestone: 'Roof is dry' },
        { kind: 'progress', amount_cents: 1_000 * deed.share },
      ],
    });
    return { job, result: String(status) };
  },
  'change order': (doing) => changeOrder(doing, 1),
  'credit order': (doing) => changeOrder(doing, -1),
  /** The first, as long as nothing was billed of it. */
  'withdraw a change': async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const path = `/proposals/${job.proposalId}/change-orders/1/void`;
    const { status } = await contractor.ask('POST', path, { reason: 'Not wanted any more' });
    return { job, result: String(status) };
  },
  /** The deposit, what was planned between, the final invoice, or what was withheld. */
  bill: async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const number = 1 + (deed.share % 5);
    const { status } = await contractor.ask(
      'POST',
      `/proposals/${job.proposalId}/contract/entries/${number}/bill`,
      {},
    );
    return { job, result: `entry ${number}: ${status}` };
  },
} satisfies Record<string, Act>;

async function sell(
  { contractor, deed }: Doing,
  { customerId, currency }: { customerId?: number | undefined; currency?: string } = {},
): ReturnType<Act> {
  let customer = customerId;
  const name = `${deed.org}-${deed.atMs}`;
  if (customer === undefined) {
    const made = await contractor.ask('POST', '/customers', {
      email: `ann-${name}@chaos.test`,
      full_name: `Ann Ruiz ${name}`,
    });
    if (made.status !== 201) return { result: `no customer: ${made.status}` };
    customer = made.body.id as number;
  }
  const drafted = await contractor.ask('POST', '/proposals', {
    name: `Roof ${name}`,
    customer_id: customer,
    ...(currency === undefined ? {} : { currency }),
    lines: [
      { description: 'Tear-off', quantity: 1, unit_price_cents: 50_000 + deed.which * 331 },
      { description: 'Shingles', quantity: 2, unit_price_cents: 10_000 + deed.share * 917 },
    ],
  });
  if (drafted.status !== 201) return { result: `no proposal: ${drafted.status}` };
  const job = { proposalId: drafted.body.id as number, customerId: customer };
  contractor.jobs.push(job);
  const approved = await contractor.ask('POST', `/proposals/${job.proposalId}/approve`, {});
  return { job, result: `proposal ${job.proposalId}, approval ${approved.status}` };
}

async function changeOrder({ contractor, deed }: Doing, sign: 1 | -1): ReturnType<Act> {
  const job = one(contractor.jobs, deed.which);
  if (!job) return undefined;
  const route = `/proposals/${job.proposalId}/change-orders`;
  const drafted = await contractor.ask('POST', route, {
    description: 'Agreed on site',
    lines: [{ description: 'Gutter', quantity: 1, unit_price_cents: sign * (5_000 + deed.share * 137) }],
  });
  if (drafted.status !== 201) return { job, result: `not drafted: ${drafted.status}` };
  const { status } = await contractor.ask('POST', `${route}/${drafted.body.number as number}/approve`, {
    reason: 'Agreed by telephone',
  });
  return { job, result: `change ${drafted.body.number as number}: ${status}` };
}
