import { eventually } from '../harness/clock.ts';
import { compareAll } from '../harness/compares.ts';
import { catchUp, type Contractor, dueNow, holdPolls, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { median, readable } from '../harness/figures.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';

const COMPANIES = 40;
const INVOICES_EACH = 250;
const LATENCY_MS = 80;
const ROUNDS = 5;
const POLLED_WITHIN_MS = 120_000;

/** What so many workers did: the time of each round, and the calls QuickBooks counted, by company. */
interface Shift {
  comparesMs: number[];
  compareCalls: Record<string, number>;
  pollsMs: number[];
  pollCalls: Record<string, number>;
}

/** Forty companies, QuickBooks 80 ms away, first with one worker, then with a second beside it. */
export async function workers(postgres: Postgres): Promise<Findings> {
  // Looks for due companies every second, and none falls due by itself while all are polled.
  const stage = await openStage(postgres, 'workers', { env: { QBO_INVOICE_POLL_INTERVAL_MIN: '0.16' } });
  try {
    const contractors = await createContractors(stage, COMPANIES, INVOICES_EACH);
    return await measure(stage, contractors);
  } finally {
    await stage.close();
  }
}

async function measure(stage: Stage, contractors: readonly Contractor[]): Promise<Findings> {
  await stage.startWorker();
  await catchUp(stage);
  await stage.setLatency(LATENCY_MS);
  const one = await shiftOf(stage, contractors);
  await stage.startWorker();
  await holdPolls(stage); // a worker that starts brings sweeps forward that are put off for longer than its interval
  await compareAll(stage, contractors); // the code of the second is compiled and its pools are open
  const two = await shiftOf(stage, contractors);

  const gain = (what: string, alone: number[], together: number[]): Figure => ({
    what,
    value: median(alone) / median(together),
    unit: 'times',
    target: { atLeast: 1.9 },
    baseline: `one worker ${readable(median(alone))} ms, two ${readable(median(together))} ms`,
  });
  const twice = (what: string, alone: Record<string, number>, together: Record<string, number>): Figure => ({
    what,
    value: contractors.reduce((total, { realmId }) => total + excess(together[realmId], alone[realmId]), 0),
    unit: 'calls',
    target: { atMost: 0 },
    baseline: `one worker made ${readable(callsIn(alone))} calls, two ${readable(callsIn(together))}`,
  });
  return {
    title: `Two workers against ${COMPANIES} companies, QuickBooks ${LATENCY_MS} ms away`,
    story: [
      `${ROUNDS} times all ${COMPANIES} companies, ${INVOICES_EACH} linked invoices each, are compared ` +
        `in full, and ${ROUNDS} times polled; first by one worker, then by two, each at its defaults. ` +
        'Medians; from the start of the first to the end of the last.',
      `A call made twice shows as a company that QuickBooks counted more calls for than with one worker.`,
    ],
    placed: placedOf(spread),
    figures: [
      gain('full comparisons: speed of two workers over one', one.comparesMs, two.comparesMs),
      twice('full comparisons: calls made twice', one.compareCalls, two.compareCalls),
      gain('sweeps: speed of two workers over one', one.pollsMs, two.pollsMs),
      twice('sweeps: calls made twice', one.pollCalls, two.pollCalls),
    ],
    remarks: [],
    bounds: [
      'While QuickBooks is waited for, a second worker doubles the speed; where both workers, PostgreSQL ' +
        'and the sandbox want the same two cores at once, it cannot. Fewer invoices a company, so that ' +
        'waiting outweighs work, brought it nearer; so did telling workers of a due company at once ' +
        'instead of having them look every second.',
    ],
  };
}

function excess(calls: number | undefined, due: number | undefined): number {
  return Math.max(0, (calls ?? 0) - (due ?? 0));
}

function callsIn(byCompany: Record<string, number>): number {
  return Object.values(byCompany).reduce((total, calls) => total + calls, 0);
}

async function shiftOf(stage: Stage, contractors: readonly Contractor[]): Promise<Shift> {
  await stage.control.resetCalls();
  const comparesMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    comparesMs.push((await compareAll(stage, contractors)).runMs);
  }
  const compareCalls = await callsByCompany(stage);
  await stage.control.resetCalls();
  const pollsMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) pollsMs.push(await pollAll(stage));
  return { comparesMs, compareCalls, pollsMs, pollCalls: await callsByCompany(stage) };
}

async function callsByCompany({ control }: Stage): Promise<Record<string, number>> {
  const counts = Object.entries(await control.allCalls());
  return Object.fromEntries(counts.map(([realmId, { total }]) => [realmId, total]));
}

/** Has every company polled once; from the start of the first to the end of the last, in milliseconds. */
async function pollAll(stage: Stage): Promise<number> {
  const [before] = await stage.database.query<{ at: Date }>('select clock_timestamp() as at');
  await dueNow(stage);
  return eventually(async () => {
    const [row] = await stage.database.query<{ open: number; ms: number }>(
      `select count(*) filter (where last_succeeded_at is null or last_succeeded_at < $1)::int as open,
              1000 * extract(epoch from max(last_succeeded_at) - min(last_started_at))::float8 as ms from qbo_sweeps`,
      [before!.at],
    );
    if (row!.open > 0) throw new Error(`${row!.open} companies were not polled`);
    await holdPolls(stage);
    return row!.ms;
  }, POLLED_WITHIN_MS);
}
