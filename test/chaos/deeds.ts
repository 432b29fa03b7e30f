import { SandboxRefusal } from '../../sandbox/control-client.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { Act, Doing } from './deed.ts';
import type { DeedKind } from './plan.ts';
import { lastMonth } from './reading.ts';

const LISTS = [
  '/proposals?limit=100',
  '/invoices?limit=100',
  '/inbox?limit=100',
  '/payments?limit=100',
  '/qbo/status',
];

export function one<T>(all: readonly T[], which: number): T | undefined {
  return all.length === 0 ? undefined : all[which % all.length];
}

/** A post about a job of its own, chosen by the deed. */
function about(path: (id: number) => string, body?: object): Act {
  return async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const { status, body: answer } = await contractor.ask('POST', path(job.proposalId), body ?? {});
    return { job, result: `${status} ${(answer.code ?? answer.status ?? '') as string}` };
  };
}

async function sell({ contractor, deed }: Doing, customerId?: number): ReturnType<Act> {
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

function pay(how: 'card' | 'bank'): Act {
  return async ({ at, contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const { status, body } = await contractor.ask('POST', '/payments/checkout_session', {
      proposal_id: job.proposalId,
    });
    if (status !== 200) return { job, result: `no payment page: ${status} ${(body.code ?? '') as string}` };
    const session = body.session_id as string;
    const paid = await at.control.stripe.pay(session, how);
    if (paid.payment_intent) contractor.intents.push(paid.payment_intent);
    if (how === 'bank') contractor.sessionsAtBank.push(session);
    return { job, result: `${String(paid.payment_intent)} over ${String(body.amount_cents)}` };
  };
}

async function partOf(doing: Doing, intent: string): Promise<number> {
  const payments = await doing.at.postgres.query<{ cents: number }>(
    'select amount_cents::float8 as cents from payments where stripe_payment_intent_id = $1',
    [intent],
  );
  return Math.max(1, Math.floor(((payments[0]?.cents ?? 10_000) * doing.deed.share) / 100));
}

const PEOPLE: Record<Exclude<DeedKind, keyof typeof bookkeeping>, Act> = {
  sell: (doing) => sell(doing),
  'sell again': async (doing) => {
    const job = one(doing.contractor.jobs, doing.deed.which);
    return job && sell(doing, job.customerId);
  },
  invoice: about((id) => `/qbo/invoice/${id}`),
  'invoice again': about((id) => `/qbo/invoice/${id}`, { again: true }),
  check: about((id) => `/qbo/sync/invoice/${id}/check`),
  'pay by card': pay('card'),
  'pay by bank': pay('bank'),
  'bank answers': async ({ at, contractor, deed }) => {
    const session = one(contractor.sessionsAtBank, deed.which);
    if (!session) return undefined;
    const outcome = deed.share < 30 ? 'failed' : 'succeeded';
    await at.control.stripe.settle(session, outcome);
    return { result: `${session} ${outcome}` };
  },
  'refund here': async ({ contractor, deed }) => {
    const { body } = await contractor.ask('GET', '/payments?limit=100');
    const payment = one(
      (body.items ?? []) as { id: number; net_cents: number; proposal_id: number }[],
      deed.which,
    );
    if (!payment) return undefined;
    const cents = Math.max(1, Math.floor((payment.net_cents * deed.share) / 100));
    const { status } = await contractor.ask('POST', `/payments/${payment.id}/refund`, {
      amount_cents: cents,
      reason: 'a vent less',
    });
    const job = contractor.jobs.find(({ proposalId }) => proposalId === payment.proposal_id);
    return { job, result: `${cents} of payment ${payment.id}: ${status}` };
  },
  'refund at Stripe': async (doing) => {
    const { at, contractor, deed } = doing;
    const intent = one(contractor.intents, deed.which);
    if (!intent) return undefined;
    const refund = await at.control.stripe.refund({
      payment_intent: intent,
      amount: await partOf(doing, intent),
      status: deed.which % 5 === 0 ? 'pending' : 'succeeded',
    });
    contractor.refunds.push(refund.id);
    return { result: `${refund.id} of ${intent}: ${refund.amount}` };
  },
  'refund fails': async ({ at, contractor, deed }) => {
    const refund = one(contractor.refunds, deed.which);
    if (!refund) return undefined;
    await at.control.stripe.updateRefund(refund, 'failed');
    return { result: refund };
  },
  dispute: async (doing) => {
    const { at, contractor, deed } = doing;
    const intent = one(contractor.intents, deed.which);
    if (!intent) return undefined;
    const dispute = await at.control.stripe.dispute({
      payment_intent: intent,
      amount: await partOf(doing, intent),
    });
    contractor.disputes.push(dispute.id);
    return { result: `${dispute.id} of ${intent}: ${dispute.amount}` };
  },
  'dispute ends': async ({ at, contractor, deed }) => {
    const dispute = one(contractor.disputes, deed.which);
    if (!dispute) return undefined;
    const outcome = deed.share < 50 ? 'won' : 'lost';
    await at.control.stripe.closeDispute(dispute, outcome);
    return { result: `${dispute} ${outcome}` };
  },
  'change order': (doing) => changeOrder(doing, 1),
  'credit order': (doing) => changeOrder(doing, -1),
  bill: async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const number = 1 + (deed.share % 2);
    const { status } = await contractor.ask(
      'POST',
      `/proposals/${job.proposalId}/contract/entries/${number}/bill`,
      {},
    );
    return { job, result: `entry ${number}: ${status}` };
  },
  complete: about((id) => `/proposals/${id}/complete`, {
    completed_on: new Date().toISOString().slice(0, 10),
  }),
  'close a month': async ({ contractor }) => {
    const { status } = await contractor.ask('POST', `/periods/${lastMonth()}/close`, {
      force: true,
      reason: 'What is open is looked into',
    });
    return { result: `${lastMonth()}: ${status}` };
  },
  'bear a bill': async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    const { body } = await contractor.ask('GET', '/bills?limit=100');
    const bill = one((body.items ?? []) as { id: string; lines: { line: number }[] }[], deed.which);
    const line = one(bill?.lines ?? [], deed.share)?.line;
    if (!job || !bill || line === undefined) return undefined;
    const { status } = await contractor.ask('POST', `/bills/${bill.id}/lines/${line}/allocate`, {
      proposal_id: job.proposalId,
      amount_cents: deed.share,
    });
    return { job, result: `line ${line} of ${bill.id}: ${status}` };
  },
  hire: async ({ contractor, deed }) => {
    const { status } = await contractor.ask('POST', '/users', {
      email: `bo-${deed.org}-${deed.atMs}@chaos.test`,
      full_name: 'Bo Keeper',
      password: 'gutter-mitre-77',
      roles: ['viewer'],
    });
    return { result: String(status) };
  },
  'look around': async ({ contractor, deed }) => {
    const path = one(LISTS, deed.which)!;
    return { result: `${path}: ${(await contractor.ask('GET', path)).status}` };
  },
  disconnect: async ({ contractor }) => {
    const { status } = await contractor.ask('POST', '/qbo/disconnect', {});
    const isBack = await contractor.connect();
    return { result: `${status}, connected again: ${isBack}` };
  },
};

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

const ACTS: Record<DeedKind, Act> = { ...PEOPLE, ...bookkeeping };

/** Does what is planned as far as it is possible at the moment, and notes what came of it. */
export async function perform(doing: Doing): Promise<void> {
  const { journal, deed } = doing;
  const beganMs = journal.nowMs;
  const org = doing.contractor.orgId;
  try {
    const done = await ACTS[deed.do](doing);
    if (!done) return;
    const { job, result } = done;
    journal.note(`${deed.do}: ${result} (from ${(beganMs / 1000).toFixed(1)} s)`, {
      org,
      proposalId: job?.proposalId,
    });
  } catch (error) {
    if (!(error instanceof SandboxRefusal) && !(error instanceof TypeError)) throw error;
    journal.note(`${deed.do}: refused, ${error.message}`, { org });
  }
}
