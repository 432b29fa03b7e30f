import { eventually, inLanes, timed } from '../harness/clock.ts';
import { compareAll } from '../harness/compares.ts';
import { catchUp, type Contractor, dueNow, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { median, readable, sum } from '../harness/figures.ts';
import { ask } from '../harness/http.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';

const INVOICES = 10_000;
const LATENCY_MS = 80;
const CHANGES = 50;
const POLLS = 3;
const COMPARES = 3;
const GETS = 300;
const POLLED_WITHIN_MS = 120_000;

interface PollRun {
  calls: number;
  ms: number;
}

/** One company with 10,000 linked invoices, and QuickBooks 80 ms away. */
export async function poll(postgres: Postgres): Promise<Findings> {
  // Looks for due companies every three seconds, and none falls due by itself.
  const stage = await openStage(postgres, 'poll', { env: { QBO_INVOICE_POLL_INTERVAL_MIN: '0.5' } });
  try {
    const [contractor] = await createContractors(stage, 1, INVOICES);
    return await measure(stage, contractor!);
  } finally {
    await stage.close();
  }
}

async function measure(stage: Stage, contractor: Contractor): Promise<Findings> {
  await stage.setLatency(LATENCY_MS);
  await stage.startWorker();
  await catchUp(stage);
  const [first] = await stage.database.query<PollRun>(
    `select calls, 1000 * extract(epoch from finished_at - started_at)::float8 as ms from invoice_compares`,
  );
  const polls: PollRun[] = [];
  for (let round = 0; round < POLLS; round += 1) {
    const changing = contractor.invoiceIds.slice(round * CHANGES, (round + 1) * CHANGES);
    await inLanes(5, changing, (id) => stage.control.receivePayment(contractor.realmId, id));
    polls.push(await pollOnce(stage, contractor));
  }
  await assertPaid(stage, POLLS * CHANGES);
  const compares = [];
  for (let round = 0; round < COMPARES; round += 1) compares.push(await compareOnce(stage, contractor));
  const getMs = await oneByOne(stage, contractor);

  const wholeMinutes = (getMs * INVOICES) / 60_000;
  const plain =
    `${readable(INVOICES)} calls, ${readable(wholeMinutes)} min: one GET for each invoice, ` +
    'one after the other';
  return {
    title: `One company, ${readable(INVOICES)} linked invoices, QuickBooks ${LATENCY_MS} ms away`,
    story: [
      `${POLLS} polls with ${CHANGES} new payments before each, then ${COMPARES} full comparisons of ` +
        `all invoices; one worker, QuickBooks' rate limits in force. Medians.`,
      `For comparison ${GETS} invoices were read one by one, without any limit, at ${readable(getMs)} ms ` +
        `each; what all ${readable(INVOICES)} would take is that times ${readable(INVOICES)}, not ` +
        'measured. Reading them that way applies nothing.',
      `The very first comparison, in which every row was written, took ${first!.calls} calls and ` +
        `${readable(first!.ms)} ms.`,
    ],
    placed: placedOf(spread),
    figures: [
      {
        what: `calls of a poll with ${CHANGES} changes (the worst of ${POLLS})`,
        value: Math.max(...polls.map(({ calls }) => calls)),
        unit: 'calls',
        target: { atMost: 1 },
        baseline: plain,
      },
      {
        what: 'time of that poll, its changes committed',
        value: median(polls.map(({ ms }) => ms)),
        unit: 'ms',
      },
      {
        what: `calls of a full comparison (the worst of ${COMPARES})`,
        value: Math.max(...compares.map(({ calls }) => calls)),
        unit: 'calls',
        target: { atMost: 15 },
        baseline: plain,
      },
      {
        what: 'time of a full comparison, from asking for it to its end',
        value: median(compares.map(({ ms }) => ms)),
        unit: 'ms',
        target: { atMost: 4000 },
        baseline: plain,
      },
    ],
    remarks: [],
    bounds: [
      'A poll is one call and what it applies. A full comparison is a count and a page for every 1,000 ' +
        'invoices, a few at a time; the calls a second that QuickBooks allows a company bound it, and what ' +
        'it takes to apply them.',
    ],
  };
}

/** Makes the company due and waits for the end of its poll. The calls are those QuickBooks counted. */
async function pollOnce(stage: Stage, { realmId }: Contractor): Promise<PollRun> {
  await stage.control.resetCalls();
  const [before] = await stage.database.query<{ at: Date | null }>(
    'select last_started_at as at from qbo_sweeps',
  );
  await dueNow(stage);
  const ms = await eventually(async () => {
    const [polled] = await stage.database.query<{ ms: number }>(
      `select 1000 * extract(epoch from last_succeeded_at - last_started_at)::float8 as ms from qbo_sweeps
        where last_started_at is distinct from $1 and lease_until is null and last_succeeded_at > last_started_at`,
      [before!.at],
    );
    if (!polled) throw new Error('The company was not polled.');
    return polled.ms;
  }, POLLED_WITHIN_MS);
  return { calls: (await stage.control.calls(realmId)).total, ms };
}

async function compareOnce(stage: Stage, contractor: Contractor): Promise<PollRun> {
  await stage.control.resetCalls();
  const run = await compareAll(stage, [contractor]);
  if (run.invoices !== INVOICES) throw new Error(`${run.invoices} of ${INVOICES} invoices were compared`);
  const { total } = await stage.control.calls(contractor.realmId);
  return { calls: total, ms: run.askedMs };
}

async function assertPaid({ database }: Stage, expected: number): Promise<void> {
  const [{ count } = { count: 0 }] = await database.query<{ count: number }>(
    `select count(*)::int as count from portal_activity where event = 'invoice_paid'`,
  );
  if (count !== expected) throw new Error(`${count} invoices were logged as paid, not ${expected}`);
}

/** What one invoice takes when each is asked for by itself, in milliseconds. */
async function oneByOne({ sandbox, control }: Stage, { realmId, invoiceIds }: Contractor): Promise<number> {
  await control.patchSwitches({ limits: false });
  const { access_token: token } = await ask<{ access_token: string }>(
    'POST',
    `${sandbox.url}/sandbox/oauth/grant`,
    { body: { realm_id: realmId } },
  );
  const took: number[] = [];
  for (const id of invoiceIds.slice(-GETS)) {
    const url = `${sandbox.url}/v3/company/${realmId}/invoice/${id}?minorversion=75`;
    took.push((await timed(() => ask('GET', url, { token }))).ms);
  }
  return sum(took) / GETS;
}
