import { atRate, eventually } from '../harness/clock.ts';
import { catchUp, type Contractor, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { percentile, readable } from '../harness/figures.ts';
import { ask } from '../harness/http.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Findings } from '../harness/report.ts';
import { type Load, loadOf, loadText } from '../harness/load.ts';
import { openStage, type Stage, VERIFIER_TOKEN } from '../harness/stage.ts';

const COMPANIES = 50;
const INVOICES_EACH = 75;
const PER_SECOND = 50;
const RUSH_PER_SECOND = 150;
const SECONDS = 15;
const RUSH_SECONDS = 10;
/** How long the sandbox gathers changes into one POST. */
const GATHER_MS = 50;
const INTERVAL_MIN = 0.1;
const DEFAULT_INTERVAL_MIN = 30;
const LOGGED_WITHIN_MS = 60_000;
const LATENCIES_MS = [0, 80];
/** From QuickBooks' own answers, of which there are two, to the row. */
const OWN_PART_MAX_MS = 60;
const ANSWERS = 2;

/** Payments as they come: 50 a second over 50 companies, each told by a webhook. */
export async function payments(postgres: Postgres): Promise<Findings> {
  const stage = await openStage(postgres, 'payments', {
    env: { QBO_INVOICE_POLL_INTERVAL_MIN: String(INTERVAL_MIN) },
  });
  try {
    const contractors = await createContractors(stage, COMPANIES, INVOICES_EACH);
    return await measure(stage, turnsOf(contractors));
  } finally {
    await stage.close();
  }
}

/** Payments that were told by webhook, and how long each took. */
interface Heard {
  perSecond: number;
  latencyMs: number;
  delaysMs: number[];
  ms: number;
  load: Load | null;
}

/** One invoice about to be paid. */
interface Turn {
  realmId: string;
  orgId: number;
  invoiceId: string;
}

/** Company after company, and then the next invoice of each. */
function turnsOf(contractors: readonly Contractor[]): Turn[] {
  return Array.from({ length: INVOICES_EACH }, (_, n) =>
    contractors.map(({ realmId, orgId, invoiceIds }) => ({ realmId, orgId, invoiceId: invoiceIds[n]! })),
  ).flat();
}

async function measure(stage: Stage, turns: Turn[]): Promise<Findings> {
  const worker = await stage.startWorker();
  await catchUp(stage);
  const webhooks = `${stage.sandbox.url}/sandbox/webhooks`;
  const url = `${stage.api.url}/qbo/webhooks`;
  const hears = { url, verifier_token: VERIFIER_TOKEN, coalesce_ms: GATHER_MS };
  await ask('PUT', webhooks, { body: hears });
  await delaysOf(stage, turns.splice(0, PER_SECOND), PER_SECOND); // the code is compiled and the pools are open
  const heard: Heard[] = [];
  const hear = async (perSecond: number, seconds: number, latencyMs: number): Promise<void> => {
    await stage.setLatency(latencyMs);
    const paid = turns.splice(0, perSecond * seconds);
    const {
      result: delaysMs,
      ms,
      load,
    } = await loadOf(stage, [worker], () => delaysOf(stage, paid, perSecond));
    heard.push({ perSecond, latencyMs, delaysMs, ms, load });
  };
  for (const latencyMs of LATENCIES_MS) await hear(PER_SECOND, SECONDS, latencyMs);
  await hear(RUSH_PER_SECOND, RUSH_SECONDS, 0);
  await stage.setLatency(0);
  await ask('PUT', webhooks, { body: { url: null } });
  const polled = await polledDelays(stage, turns.splice(0, 3 * PER_SECOND));

  const polledMean = polled.reduce((total, ms) => total + ms, 0) / polled.length;
  const factor = DEFAULT_INTERVAL_MIN / INTERVAL_MIN;
  const plain =
    `without webhooks ${readable(polledMean / 1000)} s in the mean at a poll every ` +
    `${INTERVAL_MIN * 60} s; ${factor} times that at the default of ${DEFAULT_INTERVAL_MIN} ` +
    'min, not measured';
  return {
    title: `A payment in QuickBooks until its invoice_paid row, by webhook, ${PER_SECOND} payments a second`,
    story: [
      `${PER_SECOND} payments a second for ${SECONDS} s over ${COMPANIES} companies, sent at their times ` +
        `whatever became of those before; changes are gathered for ${GATHER_MS} ms into one webhook, and ` +
        'the next goes out when the one before is answered.',
      `Time is from before the payment is asked for in the sandbox until PostgreSQL's own commit time of ` +
        'the row, so entering the payment and gathering are in it: the target of p50 is the gathering, the two ' +
        `answers of QuickBooks itself and ${OWN_PART_MAX_MS} ms. Then ${RUSH_PER_SECOND} a second for ` +
        `${RUSH_SECONDS} s. One API process, one worker, both at their defaults.`,
    ],
    placed: placedOf(spread),
    figures: heard.flatMap(({ perSecond, latencyMs, delaysMs }) => {
      const isRush = perSecond === RUSH_PER_SECOND;
      const own = OWN_PART_MAX_MS + GATHER_MS + ANSWERS * latencyMs;
      const when = `${perSecond} a second, QuickBooks ${latencyMs} ms away`;
      return [
        {
          what: `p50, ${when}`,
          value: percentile(delaysMs, 0.5),
          unit: 'ms',
          ...(isRush ? {} : { target: { atMost: own } }),
          baseline: plain,
        },
        {
          what: `p99, ${when}`,
          value: percentile(delaysMs, 0.99),
          unit: 'ms',
          target: { atMost: isRush ? 1000 : 1500 },
          baseline: plain,
        },
        { what: `the slowest of ${delaysMs.length}`, value: Math.max(...delaysMs), unit: 'ms' },
      ];
    }),
    remarks: heard.map(
      ({ perSecond, latencyMs, ms, load }) =>
        `${perSecond} a second, QuickBooks ${latencyMs} ms away: ${loadText(ms, load)}, until the last was seen.`,
    ),
    bounds: [
      'Processor time bounds it: at 50 payments a second all processes together must stay well below ' +
        'what the cores give, or what comes queues up. A look takes 24 statements and its job four; the dearest ' +
        'are the rate tokens for the two calls, the jobs, and the update of the invoice with its proposal. Where ' +
        'payments come faster than they are looked into, several of a company are one look.',
      'Tried and kept: the jobs of all companies of a delivery in one statement, where there were two for each ' +
        'company; no transaction to find out that nothing is left; tax and home value saved with the invoice; no ' +
        'index on the state of an invoice, so that a paid one is written in its page; plans that are kept; one ' +
        'statement for what becomes of several invoices; links that are not asked for where the payments came along.',
      'Tried and left: looking again at once in the same job for what came meanwhile: others wait longer.',
    ],
  };
}

/**
 * Pays these at the rate and answers how long after each was begun its `invoice_paid` was committed, in milliseconds.
 */
async function delaysOf(
  { control, database }: Stage,
  turns: readonly Turn[],
  perSecond: number,
): Promise<number[]> {
  const begun = await atRate(perSecond, turns.length, async (index) => {
    const { realmId, orgId, invoiceId } = turns[index]!;
    const at = Date.now();
    await control.receivePayment(realmId, invoiceId);
    return { key: `${orgId}:${invoiceId}`, at };
  });
  const rows = await eventually(
    async () => {
      const logged = await database.query<{ key: string; at: Date }>(
        `select a.org_id || ':' || l.qbo_invoice_id as key, pg_xact_commit_timestamp(a.xmin) as at
           from portal_activity a join leads l on l.id = a.proposal_id
          where a.event = 'invoice_paid' and a.org_id || ':' || l.qbo_invoice_id = any($1)`,
        [begun.map(({ key }) => key)],
      );
      if (logged.length < begun.length) throw new Error(`${logged.length} of ${begun.length} were logged`);
      return logged;
    },
    LOGGED_WITHIN_MS,
    500,
  );
  if (rows.length > begun.length) throw new Error(`${rows.length} rows for ${begun.length} payments`);
  const committed = new Map(rows.map(({ key, at }) => [key, at.getTime()]));
  return begun.map(({ key, at }) => committed.get(key)! - at);
}

/** The same with nothing but polls, spread over their interval as they are in production. */
async function polledDelays(stage: Stage, turns: readonly Turn[]): Promise<number[]> {
  await stage.database.query(
    `update qbo_sweeps set next_sweep_at = now() + random() * $1 * interval '1 minute'`,
    [INTERVAL_MIN],
  );
  return delaysOf(stage, turns, PER_SECOND);
}
