import { SandboxRefusal } from '../../sandbox/control-client.ts';
import { bookkeeping } from './bookkeeping.ts';
import { entering } from './by-hand.ts';
import { agreeing } from './contract-deeds.ts';
import { type Act, type Doing, one } from './deed.ts';
import { mailing } from './mail-deeds.ts';
import type { DeedKind } from './plan.ts';
import { lastMonth } from './reading.ts';
import { signingIn } from './sign-in-deeds.ts';

const LISTS = [
  '/proposals?limit=100',
  '/invoices?limit=100',
  '/inbox?limit=100',
  '/payments?limit=100',
  '/qbo/status',
  '/bills?limit=100',
  '/reports/aging',
  '/reports/aging?scope=company&group=invoice',
  '/reports/revenue?by=month',
  '/reports/revenue?basis=cash&by=proposal',
  `/reports/deferred-revenue?month=${lastMonth()}`,
  '/reports/margin',
  '/reports/cash-forecast',
  '/reports/dso',
];

/** A post about a job of its own, chosen by the deed. */
function about(path: (id: number) => string, body?: object): Act {
  return async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const { status, body: answer } = await contractor.ask('POST', path(job.proposalId), body ?? {});
    return { job, result: `${status} ${(answer.code ?? answer.status ?? '') as string}` };
  };
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

const GROUPS = { ...agreeing, ...mailing, ...signingIn, ...bookkeeping, ...entering };

const PEOPLE: Record<Exclude<DeedKind, keyof typeof GROUPS>, Act> = {
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
  'reopen a month': async ({ contractor }) => {
    const reason = { reason: 'A mistake was found' };
    const { status } = await contractor.ask('POST', `/periods/${lastMonth()}/reopen`, reason);
    return { result: `${lastMonth()}: ${status}` };
  },
  'try again': async ({ contractor, deed }) => {
    const { body } = await contractor.ask('GET', '/inbox?limit=100');
    const items = (body.items ?? []) as {
      id: number;
      code: string;
      proposal_id: number | null;
      retry: string | null;
    }[];
    const item = one(
      items.filter(({ retry }) => retry !== null),
      deed.which,
    );
    if (!item) return undefined;
    const { status, body: answer } = await contractor.ask('POST', `/inbox/${item.id}/retry`, {});
    const job = contractor.jobs.find(({ proposalId }) => proposalId === item.proposal_id);
    return { job, result: `${item.code} ${item.id}: ${status} ${(answer.state ?? '') as string}` };
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
  'look around': async ({ contractor, deed }) => {
    const path = one(LISTS, deed.which)!;
    return { result: `${path}: ${(await contractor.ask('GET', path)).status}` };
  },
  /** Compared while all goes on: what it finds is another matter, and an answer it has. */
  compare: async ({ contractor, deed }) => {
    const report = deed.share % 2 === 0 ? 'aging' : 'revenue';
    return {
      result: `${report}: ${(await contractor.ask('POST', `/reports/${report}/compare`, {})).status}`,
    };
  },
  disconnect: async ({ contractor }) => {
    const { status } = await contractor.ask('POST', '/qbo/disconnect', {});
    const isBack = await contractor.connect();
    return { result: `${status}, connected again: ${isBack}` };
  },
};

const ACTS: Record<DeedKind, Act> = { ...PEOPLE, ...GROUPS };

/** A status of an answer that did not do it, or of nobody who answered; a result has other numbers too. */
const REFUSED = /(^|: |and |, )(0|4\d\d|5\d\d)(?=[\s,]|$)(?! %)/;
const ACCEPTED = /(^|: |and |, )2\d\d(?=[\s,]|$)/;

/** Does what is planned as far as it is possible at the moment, and notes what came of it. */
export async function perform(doing: Doing): Promise<void> {
  const { journal, deed } = doing;
  const beganMs = journal.nowMs;
  const org = doing.contractor.orgId;
  try {
    const done = await ACTS[deed.do](doing);
    if (!done) return;
    const { job, result } = done;
    journal.deeds.push({ kind: deed.do, isDone: ACCEPTED.test(result) || !REFUSED.test(result) });
    journal.note(`${deed.do}: ${result} (from ${(beganMs / 1000).toFixed(1)} s)`, {
      org,
      proposalId: job?.proposalId,
    });
  } catch (error) {
    if (!(error instanceof SandboxRefusal) && !(error instanceof TypeError)) throw error;
    journal.deeds.push({ kind: deed.do, isDone: false });
    journal.note(`${deed.do}: refused, ${error.message}`, { org });
  }
}
